// Any program under the simulated clock, for ./workbook simulate: its lines come while it runs, it
// may start others, and at the end it is known who waited.
#pragma once

#include <asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "process_end.hpp"
#include "program_run.hpp"
#include "trace.hpp"

namespace workbook {

// Threads are numbered in the order in which they were started; the main thread is 0.
struct Waited {
  int thread = 0;
  std::chrono::nanoseconds duration{};
  std::string function;  // "epoll_wait", "sleep"
};

struct Waits {
  int thread = 0;
  std::string function;  // empty: a lock, or the end of another thread
};

// What the clock says in VIRTUAL_TIME_REPORT (tools/clock/README.md).
struct WaitReport {
  std::vector<Waited> waited;
  std::vector<Waits> waiting;         // the threads that were there at the end
  std::vector<std::string> children;  // a program's path, or a shell's command
};
WaitReport parse_wait_report(const std::string& text);

struct Simulation {
  std::vector<PrintedLine> lines;
  Trace trace;
  ProcessEnd end;
  WaitReport report;
  // A sentence, if the program had to be ended: an endless loop, or a wait that is not simulated.
  std::string stopped;
};

struct SimulationOptions {
  std::vector<std::string> arguments;
  std::chrono::seconds cpu_limit{60};      // of processor time
  std::chrono::seconds patience{3600};     // how long it may print nothing, in simulated time
  std::uintmax_t output_limit = 64 << 20;  // in bytes, of each stream
  std::function<void(const PrintedLine&)> on_line = [](const PrintedLine&) {};
};

// Runs `program` with the clock of `library` and with our standard input. Throws std::system_error
// when it cannot be started, and what on_line throws.
asio::awaitable<Simulation> simulate_foreign(std::filesystem::path program,
                                             std::filesystem::path library,
                                             SimulationOptions options);

}  // namespace workbook
