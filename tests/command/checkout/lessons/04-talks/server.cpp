// A server as far as the command can see: it prints an address, and a line, and runs until SIGTERM.
// The environment can make it fail, or ignore the signal.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

int main() {
  const char* fault = std::getenv("SERVER_FAULT");
  if (fault != nullptr && std::strcmp(fault, "ends") == 0) return 3;
  const bool stubborn = fault != nullptr && std::strcmp(fault, "stubborn") == 0;
  if (stubborn) std::signal(SIGTERM, SIG_IGN);
  std::puts(fault != nullptr && !stubborn ? fault : "127.0.0.1:4321");
  std::puts("serves");
  std::fflush(stdout);
  while (true) ::pause();
}
