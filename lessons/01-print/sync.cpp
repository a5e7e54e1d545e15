// Two lines, each after a wait. Look at the order in which
// they come, and at the total.
#include <fmt/core.h>

#include <chrono>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void say(std::string_view text, std::chrono::seconds delay) {
  std::this_thread::sleep_for(delay);
  fmt::print("{}\n", text);
}

int main() {
  const auto start = steady_clock::now();

  say("First", 2s);
  say("Second", 1s);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
