// Two runners, ten steps each. Look at where "After" comes.
#include <fmt/core.h>

#include <string_view>

void run(std::string_view runner) {
  fmt::print("start {}\n", runner);
  for (int step = 0; step < 10; ++step) {
    fmt::print("{} {}\n", runner, step);
  }
}

int main() {
  fmt::print("Before\n");
  run("A");
  run("B");
  fmt::print("After\n");
}
