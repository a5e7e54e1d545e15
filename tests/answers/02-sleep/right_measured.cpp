// Right: a function that measures any awaitable, and returns the seconds.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<Seconds> measured(asio::awaitable<void> work) {
  const auto start = steady_clock::now();
  co_await std::move(work);
  co_return steady_clock::now() - start;
}

asio::awaitable<void> pass(std::chrono::seconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> ride(std::string_view courier, std::chrono::seconds way) {
  fmt::print("{} rides out, {}s each way\n", courier, way.count());
  const Seconds taken = co_await measured(pass(way + way));
  fmt::print("{} is back after {:.1f}s\n", courier, taken.count());
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
