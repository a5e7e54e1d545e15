#include "program_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <regex>
#include <string_view>
#include <utility>

#include "lines.hpp"

namespace workbook {

namespace {

constexpr std::string_view empty_optional = "an empty std::optional was used";

// What a standard library says that was compiled with assertions, g++'s or clang's.
std::optional<std::string> assertion(const std::string& errors) {
  static const std::regex failed(
      "[^\n]*: Assertion '([^\n]*)' failed\\.|[^\n]*: assertion [^\n]* failed: ([^\n]*)");
  std::smatch found;
  if (!std::regex_search(errors, found, failed)) return std::nullopt;
  static constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"_M_is_engaged", empty_optional},
      {"disengaged", empty_optional},
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
  return fault != std::end(known) ? std::string(fault->second) : own;
}

}  // namespace

std::optional<Uncaught> uncaught_exception(const std::string& errors) {
  static const std::regex thrown(
      "terminate called after throwing an instance of '([^\n]*)'(?:\n  what\\(\\):  ([^\n]*))?");
  std::smatch found;
  if (!std::regex_search(errors, found, thrown)) return std::nullopt;
  Uncaught uncaught{found.str(1), found.str(2)};
  if (uncaught.what.ends_with('.')) uncaught.what.pop_back();
  if (uncaught.what == uncaught.type) uncaught.what.clear();
  return uncaught;
}

bool lacked_memory(const ProgramRun& run) {
  const auto uncaught = uncaught_exception(run.errors);
  return uncaught && uncaught->type == "std::bad_alloc";
}

bool used_empty_optional(const ProgramRun& run) {
  return !uncaught_exception(run.errors) && assertion(run.errors) == empty_optional;
}

std::optional<std::string> last_words(const std::string& errors) {
  const auto uncaught = uncaught_exception(errors);
  if (uncaught && !is_text(uncaught->what)) {
    return fmt::format(
        "An uncaught exception ended it: {}. Its message is not text: the string that it refers to "
        "no longer exists.",
        uncaught->type);
  }
  if (uncaught) {
    return fmt::format("An uncaught exception ended it: {}{}{}.", uncaught->type,
                       uncaught->what.empty() ? "" : ": ", uncaught->what);
  }
  if (const auto failed = assertion(errors)) {
    return fmt::format("The C++ library ended it: {}.{}", *failed,
                       *failed == empty_optional ? " Look whether it has a value first." : "");
  }
  if (errors.find("terminate called without an active exception") != std::string::npos) {
    return "std::terminate ended it: a std::thread was destroyed before it was joined, or an "
           "exception left a noexcept function.";
  }
  if (errors.find("Address already in use") != std::string::npos) {
    return "Another program uses this port. Give another port, or 0 for a free one.";
  }
  std::smatch found;
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
