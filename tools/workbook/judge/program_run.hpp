// One run of a program: what it printed, when, and how it ended.
#pragma once

#include <chrono>
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
  // How often the program had waited: of simulated runs, and waits without a line in between count
  // as one.
  int waits = 0;
};

// An exception that a program threw.
struct Thrown {
  std::chrono::nanoseconds time;
  std::string what;
};

struct ProgramRun {
  std::string output;  // all of stdout, to the letter
  std::string errors;  // all of stderr
  // Both, in the order of time; of a run in real time stdout alone. If lines went to both streams
  // at the same time, those to stdout come first.
  std::vector<PrintedLine> lines;
  std::chrono::nanoseconds total{};
  bool simulated = false;  // whether times are simulated
  // How long the main thread slept in a sleeping function such as sleep_for (of simulated runs
  // only).
  std::chrono::nanoseconds slept{};
  std::chrono::nanoseconds held{};  // the same, of all threads together
  int threads = 0;                  // that the program has started
  long moves = 0;                   // how often the simulated clock moved on
  long glances = 0;                 // how often it only looked whether something had happened
  std::vector<Thrown> thrown;       // whether caught or not; only a process records them
  // Empty when the program ended with status 0. Otherwise the cause, as sentences.
  std::string failure;
  // What others ask of a failure: its sentences are for people.
  bool refused = false;    // it used what the simulated clock does not support
  bool stuck = false;      // it waited, and nothing was left that could wake it
  std::string signal{};    // that killed it, as "SIGSEGV", if nothing is said on stderr
  std::string compiler{};  // that made it, if that is known: "GNU 12.2"
  int left_behind = 0;     // its processes that were still running
};

// Why the C++ library or a sanitizer ended a program, in one sentence, from what they printed to
// stderr: "An uncaught exception ended it: …". Nothing if they printed nothing.
std::optional<std::string> last_words(const std::string& errors);

// An exception that ended a program, as the C++ library reports it on stderr.
struct Uncaught {
  std::string type;
  std::string what;  // empty if it says no more than its type
};
std::optional<Uncaught> uncaught_exception(const std::string& errors);

// Whether it asked for more memory than it may have.
bool lacked_memory(const ProgramRun& run);

// Whether an assertion of the C++ library saw the value of an empty std::optional used.
bool used_empty_optional(const ProgramRun& run);

// "It left 2 processes behind, which were killed." Empty when it did not.
std::string describe_left_behind(const ProgramRun& run);

}  // namespace workbook
