#include "process_end.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>

namespace workbook {

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

bool ProcessEnd::is_out_of_processor_time(std::chrono::seconds limit) const {
  return signal == SIGXCPU || (signal == SIGKILL && cpu_time >= limit);
}

std::string ProcessEnd::describe() const {
  if (code) return fmt::format("ended with exit status {}", *code);
  if (signal) {
    const char* description = ::sigdescr_np(*signal);
    return fmt::format("was killed by {} ({})", signal_name(*signal),
                       description != nullptr ? description : "unknown");
  }
  return "has not ended";
}

}  // namespace workbook
