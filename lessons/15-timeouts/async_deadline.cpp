// A call in three steps: a limit for each of them, and one for
// all. Look at which step is still reached.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "wait_for.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> step(std::string name) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(700ms);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("{}\n", name);
}

// Allows 1 second for each step: 3 seconds at worst.
asio::awaitable<void> call_with_three_limits() {
  co_await wait_for(step("Menu heard"), 1s);
  co_await wait_for(step("Put through"), 1s);
  co_await wait_for(step("Friday at nine"), 1s);
}

asio::awaitable<void> call() {
  co_await step("Menu heard");
  co_await step("Put through");
  co_await step("Friday at nine");
}

// Allows 1 second for everything that happens in call().
asio::awaitable<void> call_with_one_limit() {
  co_await wait_for(call(), 1s);
}

asio::awaitable<void> attempt(asio::awaitable<void> task) {
  const auto start = steady_clock::now();
  try {
    co_await std::move(task);
  } catch (const TimedOut&) {
    fmt::print("timeout\n");
  }
  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("It took {:.1f}s\n", elapsed.count());
}

asio::awaitable<void> attempt_both() {
  fmt::print("1s for each step\n");
  co_await attempt(call_with_three_limits());
  fmt::print("1s for all steps\n");
  co_await attempt(call_with_one_limit());
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, attempt_both(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
