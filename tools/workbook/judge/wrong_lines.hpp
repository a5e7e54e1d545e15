// What a run's lines and exceptions say about its fault: sentences, or parts of sentences that
// begin with a blank and may be empty.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "exercise.hpp"
#include "expectation.hpp"
#include "program_run.hpp"

namespace workbook {

// Another structure may look at the clock more often, or look up between two waits.
inline constexpr std::chrono::milliseconds tolerance{50};

// "3.0s", or "0.75s" where a tenth would be another time.
std::string seconds(std::chrono::nanoseconds time);

// What to try when lines are missing although the program ended well.
std::string on_lost_exception(const ProgramRun& run, const Expectation& expected,
                              std::string_view code);

// " Deposit 2 has no receipt.": what must be done once, and was done another number of times. Or
// the first line that is wrong.
std::string broken_promise(const Exercise& exercise, const Expectation& expected,
                           const ProgramRun& run);

// " The last exception was thrown after 1.0s: closed."
std::string last_exception(const ProgramRun& run);

// " These exceptions were thrown: closed; Operation aborted."
std::string several_exceptions(const ProgramRun& run);

// A line that came at another time than expected.
struct MovedLine {
  std::string text;
  std::chrono::nanoseconds time;
  std::chrono::nanoseconds due;
  std::chrono::nanoseconds before;  // the time of the last line that came earlier

  // Whether its task began when another one had ended: its first line is late, or it came after
  // that end as it should have come after the start.
  bool follows() const;

  // "\"toast\" came after 0.0s, expected after 2.0s"
  std::string told() const;
};

// The first line that came too early, or too late. Lines are recognised by their words, because
// they may have changed places.
std::optional<MovedLine> first_early_line(const ProgramRun& run, const Expectation& expected);
std::optional<MovedLine> first_late_line(const ProgramRun& run, const Expectation& expected);

}  // namespace workbook
