// Wrong: the horn asks again and again, and lets the lamp go first each time.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> flash() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int number = 1; number <= 7; ++number) {
    fmt::print("flash {}\n", number);
    timer.expires_after(400ms);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> blow() {
  for (int number = 1; number <= 4; ++number) {
    fmt::print("horn {}\n", number);
    const auto end = steady_clock::now() + 750ms;
    while (steady_clock::now() < end) co_await asio::post(asio::use_awaitable);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, flash(), rethrow);
  asio::co_spawn(loop, blow(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
