// Is killed, as by a system that has no memory left: not because it computed for too long.
#include <fmt/core.h>

#include <csignal>

int main() {
  fmt::print("First\n");
  std::raise(SIGKILL);
}
