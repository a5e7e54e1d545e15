// How a process ended, and the words for it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace workbook {

// How a process ended: with its own exit status, or by a signal.
struct ProcessEnd {
  std::optional<int> code;
  std::optional<int> signal;
  std::chrono::microseconds cpu_time{};  // user and system, of the child and all it waited for
  int left_behind = 0;                   // its processes that were still running; see adopt_orphans

  bool succeeded() const { return code == 0; }
  // Whether a limit of processor time (RLIMIT_CPU) has ended it. (A program that handles SIGXCPU is
  // killed a second later.)
  bool is_out_of_processor_time(std::chrono::seconds limit) const;
  // "ended with exit status 3", "was killed by SIGSEGV (Segmentation fault)"
  std::string describe() const;
};

// "SIGINT", or "signal 99" for one that has no name.
std::string signal_name(int signal);

}  // namespace workbook
