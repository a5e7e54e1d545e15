// Wrong: a thread for each scribe, and a mutex for the pen.
#include <fmt/core.h>

#include <chrono>
#include <mutex>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;

std::mutex pen;

void copy_text(std::string_view scribe) {
  for (int line = 1; line <= 4; ++line) {
    const std::lock_guard mine(pen);
    fmt::print("{} writes line {}\n", scribe, line);
    std::this_thread::sleep_for(200ms);
  }
}

int main() {
  std::jthread ada(copy_text, "Ada");
  std::jthread ben(copy_text, "Ben");
  std::jthread cleo(copy_text, "Cleo");
}
