#include "program_run.hpp"

#include <fmt/format.h>

#include <regex>

namespace workbook {

std::optional<std::string> last_words(const std::string& errors) {
  std::smatch found;
  static const std::regex thrown(
      "terminate called after throwing an instance of '([^\n]*)'(?:\n  what\\(\\):  ([^\n]*))?");
  if (std::regex_search(errors, found, thrown)) {
    std::string what = found.str(2);
    if (what.ends_with('.')) what.pop_back();
    // Some exceptions say no more than their name.
    if (what == found.str(1)) what.clear();
    return fmt::format("An uncaught exception ended it: {}{}{}.", found.str(1),
                       what.empty() ? "" : ": ", what);
  }
  if (errors.find("terminate called without an active exception") != std::string::npos) {
    return "std::terminate ended it: a std::thread was destroyed before it was joined, or an "
           "exception left a noexcept function.";
  }
  if (errors.find("Address already in use") != std::string::npos) {
    return "Another program uses this port. Give another one, or 0 for a free one.";
  }
  static const std::regex sanitizer("(?:ERROR|WARNING): ((?:Address|Thread|Leak)Sanitizer:[^\n]*)");
  if (std::regex_search(errors, found, sanitizer)) return fmt::format("{}.", found.str(1));
  static const std::regex undefined("([^\n]*): runtime error: ([^\n]*)");
  if (std::regex_search(errors, found, undefined)) {
    return fmt::format("UndefinedBehaviorSanitizer: {} ({}).", found.str(2), found.str(1));
  }
  return std::nullopt;
}

std::string describe_left_behind(const ProgramRun& run) {
  if (run.left_behind == 0) return {};
  return run.left_behind == 1
             ? "It left a process behind, which was killed."
             : fmt::format("It left {} processes behind, which were killed.", run.left_behind);
}

}  // namespace workbook
