// Tea is ready when it has drawn for one second. But the
// callback that peels potatoes returns only after three. Look
// at when the tea is served.
#include <fmt/core.h>

#include <chrono>
#include <thread>

#include "loop.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void make_tea(Loop& loop) {
  const auto start = steady_clock::now();
  fmt::print("Start tea for 1 second\n");
  loop.call_at(start + 1s, [start] {
    const Seconds taken = steady_clock::now() - start;
    fmt::print("End tea after {:.1f}s\n", taken.count());
  });
}

void peel_potatoes() {
  fmt::print("Start potatoes\n");
  std::this_thread::sleep_for(3s);
  fmt::print("End potatoes\n");
}

int main() {
  const auto start = steady_clock::now();

  Loop loop;
  loop.call_soon([&loop] { make_tea(loop); });
  loop.call_soon(peel_potatoes);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
