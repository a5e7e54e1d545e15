// Notices a program that really waits although its time is simulated.
#pragma once

#include <sys/types.h>

#include <asio/awaitable.hpp>
#include <string>

namespace workbook {

enum class RealWaits {
  none,
  foreign,  // for standard input, and for children, which live in real time
};

struct RealWait {
  std::string sentence{};  // the cause
  bool for_a_lock = false;
};

// Returns when the process has slept for half a second of real time without being woken: in
// simulated time no thread really sleeps, but for what is allowed.
asio::awaitable<RealWait> watch_for_real_wait(pid_t process, RealWaits allowed);

}  // namespace workbook
