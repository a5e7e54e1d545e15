// Prints the right lines at the right times, and then takes a second more to end.
#include <fmt/core.h>

#include <chrono>
#include <thread>

int main() {
  fmt::print("First\n");
  std::this_thread::sleep_for(std::chrono::seconds(1));
  fmt::print("Second\n");
  fmt::print("Third\n");
  std::this_thread::sleep_for(std::chrono::seconds(1));
}
