// Three counters that count to two, awaited together. Look at
// when the second counter begins.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> count() {
  fmt::print("One\n");
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(1s);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("Two\n");
}

asio::awaitable<void> count_all() {
  co_await (count() && count() && count());
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, count_all(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
