// The record that the simulated clock makes of a run, and what it says about the run.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "program_run.hpp"

namespace workbook {

struct TraceMark {
  std::chrono::nanoseconds time;
  std::size_t output_size;
  std::size_t errors_size;
  int waits = 0;  // before it: PrintedLine::waits
};

struct Trace {
  std::vector<TraceMark> marks;
  std::string
      how;  // "end", "stuck", "silent", "polls", "refused"; empty when the record has no end
  std::string
      detail;  // what was refused; "thread": its only thread is stuck; "sockets": it has some
  std::chrono::nanoseconds end{};
  std::chrono::nanoseconds slept{};         // by the main thread
  std::chrono::nanoseconds held{};          // how long threads slept, all together
  std::chrono::nanoseconds asleep_until{};  // the end of the last of these sleeps
  int threads = 0;                          // that were started
  long moves = 0;                           // of the clock
  long glances = 0;                         // waits with the time-out 0
  std::vector<Thrown> thrown;
};

// Reads a record; tools/clock/README.md describes its format.
Trace parse_trace(const std::string& record);

// The run that printed this and left this trace. Its failure is the one that the clock has seen.
ProgramRun simulated_run(std::string output, std::string errors, const Trace& trace);

}  // namespace workbook
