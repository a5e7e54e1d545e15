// At a signal to end, it needs a little longer than the grace of a program without a handler.
#include <time.h>

#include <csignal>
#include <cstdio>

int main() {
  std::signal(SIGINT, [](int) {});
  // From here on the signal comes during sigsuspend, and not before.
  sigset_t none;
  sigemptyset(&none);
  sigset_t interrupt = none;
  sigaddset(&interrupt, SIGINT);
  sigprocmask(SIG_BLOCK, &interrupt, nullptr);
  std::puts("ready");
  std::fflush(stdout);
  sigsuspend(&none);
  const timespec moment{2, 500'000'000};
  nanosleep(&moment, nullptr);
  std::puts("finished");
}
