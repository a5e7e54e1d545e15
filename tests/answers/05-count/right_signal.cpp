// Right: one coroutine for both, and `&&` instead of two tasks.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> signal(std::string_view name, int times, std::chrono::milliseconds pause) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int number = 1; number <= times; ++number) {
    fmt::print("{} {}\n", name, number);
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  using namespace asio::experimental::awaitable_operators;
  asio::co_spawn(loop, signal("flash", 7, 400ms) && signal("horn", 4, 750ms), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
