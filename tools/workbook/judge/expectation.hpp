// What a lesson's program must print, and when: its PROGRAM.expected and its part of the lesson's
// replay.json.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "program_run.hpp"

namespace workbook {

// When the lines were printed, in milliseconds: of simulated time, unless the lesson runs in real
// time.
struct ExpectedTimes {
  std::vector<std::chrono::milliseconds> lines;
  std::chrono::milliseconds total{};
  std::vector<std::string> server{};  // what the lesson's server said, in the order of time
};

struct Expectation {
  std::string output;
  std::optional<ExpectedTimes> times;  // nothing for a program that is recorded nowhere
};

// What `program` must do: it prints `output`, and its times are in `replay`, the text of a
// replay.json. Throws std::runtime_error, with a sentence that calls the replay `place`, when that
// is malformed.
Expectation parse_expectation(std::string output, const std::string& replay,
                              const std::string& program, const std::string& place);

// Which of the right lines came at the wrong time, as a sentence; empty when no time is off by more
// than `tolerance`.
std::string lateness(const ProgramRun& run, const ExpectedTimes& expected,
                     std::chrono::milliseconds tolerance);

// What the program said on stderr, introduced; empty when it said nothing.
std::string complaints(const ProgramRun& run);

}  // namespace workbook
