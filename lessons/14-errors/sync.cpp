// Three things are ordered for a party, and there are no
// flowers left. Look at what becomes of the music.
#include <fmt/core.h>

#include <chrono>
#include <stdexcept>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void order(std::string_view what, std::chrono::seconds time) {
  fmt::print("Order {}\n", what);
  std::this_thread::sleep_for(time);
  if (what == "flowers") {
    throw std::runtime_error("no flowers left");
  }
  fmt::print("Got {}\n", what);
}

void decorate() {
  order("flowers", 2s);
  fmt::print("Put flowers on the table\n");
}

int main() {
  const auto start = steady_clock::now();

  try {
    order("cake", 1s);
    decorate();
    order("music", 3s);
  } catch (const std::runtime_error& error) {
    fmt::print("Caught: {}\n", error.what());
  }

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
