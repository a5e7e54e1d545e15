// Two texts, line by line: which lines must go and which must come.
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

// All lines of both texts, with as few as possible removed and added.
std::vector<DiffLine> line_diff(std::string_view from, std::string_view to);

// Only the differences, with three lines around them; "…" stands for the rest. Nothing when both
// are the same. Each line begins with a blank, "-" or "+".
std::vector<std::string> shortened(const std::vector<DiffLine>& diff);

}  // namespace workbook
