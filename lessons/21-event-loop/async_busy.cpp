// async.cpp, but without a call to wait(). Look at the number
// of rounds.
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
  long rounds = 0;
  for (; !loop.stopped(); ++rounds) loop.poll();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
  fmt::print("Rounds: {}\n",
             rounds > 1000 ? "more than 1000" : "a few");
}
