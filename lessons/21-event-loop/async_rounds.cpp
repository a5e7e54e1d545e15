// async.cpp, but main has the loop instead of run(), and prints a
// line for each round. Look at when a round begins.
#include <fmt/core.h>

#include <chrono>
#include <exception>
#include <string_view>

#include "little_asio.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> say(std::string_view text,
                          std::chrono::seconds delay) {
  const auto start = steady_clock::now();
  fmt::print("Starting {} that will take {}s\n", text,
             delay.count());
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(delay);
  co_await timer.async_wait(asio::use_awaitable);
  const Seconds taken = steady_clock::now() - start;
  fmt::print("Finishing {} in {:.1f}s\n", text, taken.count());
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
  for (int round = 1; !loop.stopped(); ++round) {
    loop.wait();
    const Seconds now = steady_clock::now() - start;
    fmt::print("Round {} at {:.1f}s\n", round, now.count());
    loop.poll();
  }

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
