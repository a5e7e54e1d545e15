// As in lesson 01, but every call reports its start and its
// end. Look at what has ended before the second one starts.
#include <fmt/core.h>

#include <chrono>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void say(std::string_view text, std::chrono::seconds delay) {
  const auto start = steady_clock::now();
  fmt::print("Starting {} that will take {}s\n", text,
             delay.count());
  std::this_thread::sleep_for(delay);
  const Seconds taken = steady_clock::now() - start;
  fmt::print("Finishing {} in {:.1f}s\n", text, taken.count());
}

int main() {
  const auto start = steady_clock::now();

  say("First", 2s);
  say("Second", 1s);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
