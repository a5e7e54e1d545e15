// The same two lines, as two tasks. Look at the order in which
// they come, and at the total.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> say(std::string_view text,
                          std::chrono::seconds delay) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(delay);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("{}\n", text);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, say("First", 2s), rethrow);
  asio::co_spawn(loop, say("Second", 1s), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
