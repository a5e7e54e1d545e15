// Right: the second report is in the callback of a timer that the callback owns.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <memory>
#include <string_view>
#include <system_error>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void ride(asio::io_context& loop, std::string_view courier, std::chrono::seconds way) {
  const auto start = steady_clock::now();
  fmt::print("{} rides out, {}s each way\n", courier, way.count());
  auto timer = std::make_shared<asio::steady_timer>(loop, way + way);
  timer->async_wait([timer, courier, start](std::error_code error) {
    if (error) return;
    const Seconds taken = steady_clock::now() - start;
    fmt::print("{} is back after {:.1f}s\n", courier, taken.count());
  });
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  ride(loop, "Ida", 2s);
  ride(loop, "Jon", 1s);
  ride(loop, "Kim", 3s);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
