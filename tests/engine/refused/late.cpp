// Prints the right lines, the second one a second late.
#include <fmt/core.h>

#include <chrono>
#include <thread>

int main() {
  fmt::print("First\n");
  std::this_thread::sleep_for(std::chrono::seconds(2));
  fmt::print("Second\n");
  fmt::print("Third\n");
}
