// Right: no coroutine at all, but a timer and a callback for each.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <memory>
#include <string_view>
#include <system_error>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void prepare(asio::io_context& loop, std::string_view dish, std::chrono::seconds time) {
  auto timer = std::make_shared<asio::steady_timer>(loop, time);
  timer->async_wait([timer, dish](std::error_code error) {
    if (!error) fmt::print("{} is ready\n", dish);
  });
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  prepare(loop, "The egg", 4s);
  prepare(loop, "The tea", 3s);
  prepare(loop, "The toast", 2s);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
