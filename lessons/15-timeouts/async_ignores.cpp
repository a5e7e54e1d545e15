// A trap: four ways to be on hold for 3 seconds, each given 1.
// Look at which of them a limit can end.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>
#include <utility>

#include "wait_for.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> hold() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(3s);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> catch_all() {
  try {
    co_await hold();
  } catch (const std::exception&) {
    // Whatever it was, the caller will not know.
  }
}

asio::awaitable<void> refuse() {
  co_await asio::this_coro::reset_cancellation_state(
      asio::disable_cancellation());
  co_await hold();
}

asio::awaitable<void> block() {
  std::this_thread::sleep_for(3s);
  co_return;
}

asio::awaitable<void> try_to_end(std::string_view what,
                                 asio::awaitable<void> task) {
  const auto start = steady_clock::now();
  std::string_view outcome = "done";
  try {
    co_await wait_for(std::move(task), 1s);
  } catch (const TimedOut&) {
    outcome = "timeout";
  }
  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("{}: {} after {:.1f}s\n", what, outcome,
             elapsed.count());
}

asio::awaitable<void> try_all() {
  co_await try_to_end("Waits", hold());
  co_await try_to_end("Catches all", catch_all());
  co_await try_to_end("Refuses", refuse());
  co_await try_to_end("Blocks", block());
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, try_all(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
