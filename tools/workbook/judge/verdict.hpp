// Whether a run of an exercise is right, and if not, why: the first cause first.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exercise.hpp"
#include "expectation.hpp"
#include "program_run.hpp"

namespace workbook {

struct Verdict {
  bool passed = false;
  std::string sentence;              // the cause, or what is right; never empty
  std::string details;               // lines to be shown unchanged; may be empty
  std::vector<std::string> remarks;  // what may explain it, a sentence each
  std::string_view rule{};           // the one of judge() that was broken; empty if none was
};

// What is wrong with `file`, whose text is `source`, according to a compiler's messages; nothing if
// it found no error.
std::optional<Verdict> compile_verdict(std::string_view said, std::string_view file,
                                       std::string_view source);

// Judges a simulated run of a program with this source. All times are simulated.
Verdict judge(const ProgramRun& run, const Expectation& expected, const Exercise& exercise,
              std::string_view source, int width = 100);

}  // namespace workbook
