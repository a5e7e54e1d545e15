// Wrong: std::clock measures how long the processor was busy, and a task that waits is not.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> ride(std::string_view courier, std::chrono::seconds way) {
  const std::clock_t start = std::clock();
  fmt::print("{} rides out, {}s each way\n", courier, way.count());
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(way + way);
  co_await timer.async_wait(asio::use_awaitable);
  const double taken = double(std::clock() - start) / CLOCKS_PER_SEC;
  fmt::print("{} is back after {:.1f}s\n", courier, taken);
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
