// One run of a program: what it printed, when, and how it ended.
#pragma once

#include <asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace workbook {

// A line a program printed. `time` is time since the program's start: simulated time, or real time
// in a real run.
struct PrintedLine {
  std::chrono::nanoseconds time;
  bool to_stderr;
  std::string text;
};

struct ProgramRun {
  std::string output;  // all of stdout, to the letter
  std::string errors;  // all of stderr
  // Both, in the order of time; of a run in real time stdout alone. Of lines to both streams at one
  // moment those to stdout come first.
  std::vector<PrintedLine> lines;
  std::chrono::nanoseconds total{};
  bool simulated = false;  // whether times are simulated
  // How long the main thread slept in a sleeping function such as sleep_for (of simulated runs
  // only).
  std::chrono::nanoseconds slept{};
  // Empty when the program ended by itself with status 0. Otherwise the cause, as sentences.
  std::string failure;
  int left_behind = 0;  // ProcessEnd::left_behind
};

// Why a program ended that the C++ library or a sanitizer has ended, in one sentence, from what
// they printed to stderr: "An exception ended it that nobody caught: …". Nothing if they said
// nothing.
std::optional<std::string> last_words(const std::string& errors);

// A program and its arguments, as words.
std::vector<std::string> command_line(const std::filesystem::path& program,
                                      const std::vector<std::string>& arguments);

// In bytes, for whoever is not told otherwise.
inline constexpr std::uintmax_t usual_output_limit = 16 << 20;

struct RunOptions {
  std::vector<std::string> arguments;
  std::filesystem::path folder;                      // to run in; ours when empty
  std::chrono::seconds cpu_limit{10};                // of processor time
  std::chrono::seconds real_limit{120};              // of real time; not for simulated runs
  std::uintmax_t output_limit = usual_output_limit;  // in bytes, of each stream
  std::optional<std::size_t> line_limit;             // in lines, when somebody is told of them
  std::optional<std::uintmax_t> memory_limit;        // in bytes
  // Told of each line as it comes, in a run in real time. Then both streams are one, the
  // pseudo-terminal, as when the program is run by hand.
  std::function<void(const PrintedLine&)> on_line;
};

// "It left 2 processes behind, which were ended." Empty when it did not.
std::string describe_left_behind(const ProgramRun& run);

// Runs `program` with the simulated clock of `library` (tools/clock) until it ends or is
// refused. It takes real time only for what the program computes: there is no time-out, for a
// program that waits for real is recognised within half a second. Throws std::system_error when the
// program cannot be started.
// (No default for `options`: g++ 12 destroys a temporary inside a co_await expression twice.)
asio::awaitable<ProgramRun> simulate(std::filesystem::path program, std::filesystem::path library,
                                     RunOptions options);

// Runs `program` as it is, in real time. Its stdout is a pseudo-terminal, as when it is run by
// hand, so that each line comes when it is printed.
asio::awaitable<ProgramRun> run_in_real_time(std::filesystem::path program, RunOptions options);

// The same on a loop of their own, for callers that have nothing else to do.
ProgramRun simulate_now(const std::filesystem::path& program, const std::filesystem::path& library,
                        const RunOptions& options = {});
ProgramRun run_in_real_time_now(const std::filesystem::path& program,
                                const RunOptions& options = {});

}  // namespace workbook
