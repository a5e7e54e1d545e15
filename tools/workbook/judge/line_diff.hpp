// Two texts, line by line: what must go and what must come.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace workbook {

struct DiffLine {
  enum class Kind { same, removed, added };
  Kind kind;
  std::string text;
};

// All lines of both texts, the fewest of them removed and added.
std::vector<DiffLine> line_diff(std::string_view from, std::string_view to);

// Only what differs, with three lines around it; "…" stands for the rest. Nothing when both are the
// same. Each line begins with a blank, "-" or "+".
std::vector<std::string> shortened(const std::vector<DiffLine>& diff);

}  // namespace workbook
