// Two counters, one after the other. Look at when the first
// peach is counted.
#include <fmt/core.h>

#include <chrono>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void count(std::string_view fruit,
           std::chrono::milliseconds pause) {
  for (int number = 0; number < 10; ++number) {
    fmt::print("{} {}\n", fruit, number);
    std::this_thread::sleep_for(pause);
  }
}

int main() {
  const auto start = steady_clock::now();

  count("apple", 100ms);
  count("peach", 200ms);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
