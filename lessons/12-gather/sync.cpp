// Three counters that count to two, one after the other. Look
// at when the second counter begins.
#include <fmt/core.h>

#include <chrono>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void count() {
  fmt::print("One\n");
  std::this_thread::sleep_for(1s);
  fmt::print("Two\n");
}

void count_all() {
  count();
  count();
  count();
}

int main() {
  const auto start = steady_clock::now();

  count_all();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
