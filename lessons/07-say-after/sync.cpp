// "hello" after one second, then "world" after two more. Look
// at the clock on the wall.
#include <fmt/chrono.h>

#include <chrono>
#include <ctime>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;

void print_clock(std::string_view event) {
  const std::time_t now = std::time(nullptr);
  fmt::print("{} at {:%H:%M:%S}\n", event, *std::localtime(&now));
}

void say_after(std::chrono::seconds delay,
               std::string_view text) {
  fmt::print("start {}\n", text);
  std::this_thread::sleep_for(delay);
  fmt::print("{}\n", text);
}

void greet() {
  print_clock("started");
  say_after(1s, "hello");
  say_after(2s, "world");
  print_clock("finished");
}

int main() {
  greet();
}
