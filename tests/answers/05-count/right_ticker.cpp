// Right: a ticker sends a beat through a channel, and the horn blows at each.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <exception>
#include <system_error>

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

using Beat = asio::experimental::channel<void(std::error_code, int)>;

asio::awaitable<void> tick(Beat& beat) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int number = 1; number <= 4; ++number) {
    co_await beat.async_send(std::error_code(), number, asio::use_awaitable);
    timer.expires_after(750ms);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> blow(Beat& beat) {
  for (int number = 0; number < 4;) {
    number = co_await beat.async_receive(asio::use_awaitable);
    fmt::print("horn {}\n", number);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Beat beat(loop);
  asio::co_spawn(loop, flash(), rethrow);
  asio::co_spawn(loop, blow(beat), rethrow);
  asio::co_spawn(loop, tick(beat), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
