// Ends by a signal of its own.
#include <fmt/core.h>

#include <csignal>

int main() {
  fmt::print("First\n");
  std::raise(SIGTERM);
}
