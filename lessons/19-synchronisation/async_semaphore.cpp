// Five swimmers and two showers. Look at how many shower at the
// same time, and who is next.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>

#include "semaphore.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> shower(std::string_view who,
                             std::chrono::milliseconds time,
                             Semaphore showers) {
  fmt::print("{} arrives\n", who);
  const auto permit = co_await showers.acquire();
  fmt::print("{} showers\n", who);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("{} leaves\n", who);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Semaphore showers(loop.get_executor(), 2);
  asio::co_spawn(loop, shower("Ann", 1000ms, showers), rethrow);
  asio::co_spawn(loop, shower("Ben", 600ms, showers), rethrow);
  asio::co_spawn(loop, shower("Cleo", 900ms, showers), rethrow);
  asio::co_spawn(loop, shower("Dan", 300ms, showers), rethrow);
  asio::co_spawn(loop, shower("Eve", 700ms, showers), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
