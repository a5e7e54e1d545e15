// Ends by a signal that it raises itself.
#include <fmt/core.h>

#include <csignal>

int main() {
  fmt::print("First\n");
  std::raise(SIGTERM);
}
