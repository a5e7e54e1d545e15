// The four sleepers, awaited together: `&&` starts both its
// sides, and ends when both have. Look at the only co_await of
// sleep_all.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> sleeper(int number) {
  fmt::print("Start {}\n", number);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(1s);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("End {}\n", number);
}

asio::awaitable<void> sleep_all() {
  co_await (sleeper(0) && sleeper(1) && sleeper(2) && sleeper(3));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, sleep_all(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
