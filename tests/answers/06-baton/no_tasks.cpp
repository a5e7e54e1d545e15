// Wrong: two nested loops write in turn, and there is no task.
#include <fmt/core.h>

#include <chrono>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;

void copy_line(std::string_view scribe, int line) {
  fmt::print("{} writes line {}\n", scribe, line);
  std::this_thread::sleep_for(200ms);
}

int main() {
  for (int line = 1; line <= 4; ++line) {
    for (std::string_view scribe : {"Ada", "Ben", "Cleo"}) copy_line(scribe, line);
  }
}
