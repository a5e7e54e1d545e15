#include "fault.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "comparison.hpp"

namespace workbook {

std::string fault_of(const ProgramRun& run, const Expectation& expected,
                     std::chrono::milliseconds tolerance) {
  std::string fault = run.failure;
  const auto differs = difference(expected.output, run.output);
  if (differs) {
    const auto lines = [](const std::string& text) {
      return std::count(text.begin(), text.end(), '\n');
    };
    const auto missing = lines(expected.output) - lines(run.output);
    if (fault.empty()) {
      fault = missing > 0   ? fmt::format("It printed {} lines too few.", missing)
              : missing < 0 ? fmt::format("It printed {} lines too many.", -missing)
                            : "It did not print what was expected.";
      if (missing == 1 || missing == -1) fault.replace(fault.find(" lines"), 6, " line");
    }
    fault += "\n" + *differs;
  } else if (fault.empty() && expected.times) {
    fault = lateness(run, *expected.times, tolerance);
  }
  if (!fault.empty() && !run.errors.empty()) fault += "\n" + complaints(run);
  return fault;
}

}  // namespace workbook
