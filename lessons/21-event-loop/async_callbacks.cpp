// Lesson 02 without coroutines: each `say` is cut in two, and
// the loop calls the second half. Look at what the lambda has to
// carry.
#include <fmt/core.h>

#include <chrono>
#include <string_view>

#include "loop.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void say(Loop& loop, std::string_view text,
         std::chrono::seconds delay) {
  const auto start = steady_clock::now();
  fmt::print("Starting {} that will take {}s\n", text,
             delay.count());
  loop.call_at(start + delay, [text, start] {
    const Seconds taken = steady_clock::now() - start;
    fmt::print("Finishing {} in {:.1f}s\n", text, taken.count());
  });
}

int main() {
  const auto start = steady_clock::now();

  Loop loop;
  loop.call_soon([&loop] { say(loop, "First", 2s); });
  loop.call_soon([&loop] { say(loop, "Second", 1s); });
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
