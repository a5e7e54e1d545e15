// Four sleepers, called in a loop. Look at when the loop can go
// round again.
#include <fmt/core.h>

#include <chrono>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void sleeper(int number) {
  fmt::print("Start {}\n", number);
  std::this_thread::sleep_for(1s);
  fmt::print("End {}\n", number);
}

void sleep_all() {
  for (int number = 0; number < 4; ++number) {
    sleeper(number);
  }
}

int main() {
  const auto start = steady_clock::now();

  sleep_all();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
