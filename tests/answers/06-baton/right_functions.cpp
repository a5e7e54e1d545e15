// Right: no coroutine. Every line is a function in the queue,
// which puts the next one at its end.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;

void copy_text(asio::io_context& loop, std::string_view scribe, int line) {
  if (line > 4) return;
  fmt::print("{} writes line {}\n", scribe, line);
  std::this_thread::sleep_for(200ms);
  asio::post(loop, [&loop, scribe, line] { copy_text(loop, scribe, line + 1); });
}

int main() {
  asio::io_context loop;
  for (const char* scribe : {"Ada", "Ben", "Cleo"}) {
    asio::post(loop, [&loop, scribe] { copy_text(loop, scribe, 1); });
  }
  loop.run();
}
