// Shared by the tests of child processes.
#pragma once

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

// A handler that interrupts calls, as one made by sigaction does by default.
class Handler {
 public:
  Handler(int signal, void (*handle)(int)) : signal_(signal) {
    struct sigaction action {};
    action.sa_handler = handle;
    REQUIRE(sigaction(signal, &action, &before_) == 0);
  }
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  ~Handler() { sigaction(signal_, &before_, nullptr); }

 private:
  int signal_;
  struct sigaction before_ {};
};

// A child that has ended and has not been waited for.
inline bool has_zombie() {
  siginfo_t info{};
  waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
  return info.si_pid != 0;
}
