// Wrong: the seconds are cast to whole ones, and lose their decimal.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> ride(std::string_view courier, std::chrono::seconds way) {
  const auto start = steady_clock::now();
  fmt::print("{} rides out, {}s each way\n", courier, way.count());
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(way + way);
  co_await timer.async_wait(asio::use_awaitable);
  const auto taken = std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - start);
  fmt::print("{} is back after {}s\n", courier, taken.count());
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, ride("Ida", 2s), rethrow);
  asio::co_spawn(loop, ride("Jon", 1s), rethrow);
  asio::co_spawn(loop, ride("Kim", 3s), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
