#include "program_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <regex>
#include <string_view>
#include <utility>

namespace workbook {

namespace {

// What a standard library says that was compiled with assertions, g++'s or clang's.
std::optional<std::string> assertion(const std::string& errors) {
  static const std::regex failed(
      "[^\n]*: Assertion '([^\n]*)' failed\\.|[^\n]*: assertion [^\n]* failed: ([^\n]*)");
  std::smatch found;
  if (!std::regex_search(errors, found, failed)) return std::nullopt;
  static constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"_M_is_engaged", "an empty std::optional was used. Look whether it has a value first"},
      {"disengaged", "an empty std::optional was used. Look whether it has a value first"},
      {"empty()", "an element of something empty was used"},
      {"called on an empty", "an element of something empty was used"},
      {"size()", "an element was used that is not there: its index is too large"},
      {"out of bounds", "an element was used that is not there: its index is too large"},
      {"pointer()", "an empty smart pointer was used"},
      {"nullptr", "an empty smart pointer was used"},
  };
  const std::string said = found.str();
  const std::string own = found.str(1) + found.str(2);
  const auto fault = std::ranges::find_if(
      known, [&](const auto& entry) { return said.find(entry.first) != std::string::npos; });
  return fmt::format("The C++ library ended it: {}.",
                     fault != std::end(known) ? fault->second : own);
}

}  // namespace

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
  if (auto words = assertion(errors)) return words;
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
