// Two greetings of two seconds each, from a vector. Look at
// how many of them wait at the same time.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "gather.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> say_hello() {
  fmt::print("Hello...\n");
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(2s);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("...World!\n");
}

asio::awaitable<void> greet(int times) {
  Awaitables<void> greetings;
  for (int number = 0; number < times; ++number) {
    greetings.push_back(say_hello());
  }
  co_await gather(std::move(greetings));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, greet(2), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
