// Runs a program, in simulated or in real time, and reports the result.
#pragma once

#include <asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "program_run.hpp"

namespace workbook {

// A program and its arguments, as words.
std::vector<std::string> command_line(const std::filesystem::path& program,
                                      const std::vector<std::string>& arguments);

// In bytes, unless RunOptions say otherwise.
inline constexpr std::uintmax_t usual_output_limit = 16 << 20;

// How often the clock may move for an exercise: no solution needs a hundred.
inline constexpr long most_moves_of_exercise = 2000;

struct RunOptions {
  std::vector<std::string> arguments;
  std::filesystem::path folder;                      // to run in; ours when empty
  std::chrono::seconds cpu_limit{10};                // of processor time
  std::chrono::seconds real_limit{120};              // of real time; not for simulated runs
  std::uintmax_t output_limit = usual_output_limit;  // in bytes, of each stream
  std::optional<std::size_t> line_limit;             // in lines, with on_line
  std::optional<std::uintmax_t> memory_limit;        // in bytes
  std::optional<long> most_moves;  // of the simulated clock, in a program with sockets
  // Called with each line as it comes, in a run in real time. Then both streams are one, the
  // pseudo-terminal, as when the program is run by hand.
  std::function<void(const PrintedLine&)> on_line;
};

// Runs `program` with the simulated clock of `library` (tools/clock) until it ends or is refused.
// It takes real time only while the program computes: there is no time-out, because a program that
// really waits is recognised within half a second. Throws std::system_error when the program cannot
// be started. (No default for `options`: g++ 12 destroys a temporary inside a co_await expression
// twice.)
asio::awaitable<ProgramRun> simulate(std::filesystem::path program, std::filesystem::path library,
                                     RunOptions options);

// Runs `program` as it is, in real time. Its stdout is a pseudo-terminal, as when it is run by
// hand, so that each line comes when it is printed.
asio::awaitable<ProgramRun> run_in_real_time(std::filesystem::path program, RunOptions options);

}  // namespace workbook
