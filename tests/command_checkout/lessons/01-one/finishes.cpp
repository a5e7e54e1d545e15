// Told to end, it needs a moment longer than one is given who does not listen.
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

int main() {
  std::signal(SIGINT, [](int) {});
  std::puts("ready");
  std::fflush(stdout);
  pause();
  const timespec moment{2, 500'000'000};
  nanosleep(&moment, nullptr);
  std::puts("finished");
}
