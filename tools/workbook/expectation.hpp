// What a lesson's program must print, and when: its PROGRAM.expected and its part of the lesson's
// replay.json.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
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

// Reads what `program` in `folder` must do. Throws std::runtime_error, with a sentence, when its
// .expected or the folder's replay.json cannot be read.
Expectation load_expectation(const std::filesystem::path& folder, const std::string& program);

// What a test's line begins with that names a file it has saved.
inline constexpr std::string_view rewrote = "Rewrote ";

// UPDATE_EXPECTED=1 in the environment: what the programs do is saved, not compared.
bool updating_expectations();

// Makes `run` what `program` must do from now on: rewrites its .expected and its part of
// replay.json, where `server` holds what the lesson's server said meanwhile. Files that stay the
// same are not written; returns those that were. Several processes may do so at once.
std::vector<std::filesystem::path> save_expectation(const std::filesystem::path& folder,
                                                    const std::string& program,
                                                    const ProgramRun& run,
                                                    const std::vector<PrintedLine>& server = {});

// Where the right lines came at the wrong time, as a sentence; empty when no time is off by more
// than `tolerance`.
std::string lateness(const ProgramRun& run, const ExpectedTimes& expected,
                     std::chrono::milliseconds tolerance);

// What the program said on stderr, introduced; empty when it said nothing.
std::string complaints(const ProgramRun& run);

// What is wrong with a run: the cause first, then what was expected beside what was
// printed. Empty when nothing is. Times may be off by `tolerance`.
std::string fault_of(const ProgramRun& run, const Expectation& expected,
                     std::chrono::milliseconds tolerance = std::chrono::milliseconds(1));

}  // namespace workbook
