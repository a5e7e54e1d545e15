// A running race. Look at how many tasks a single call wakes, and
// what happens to the runner who comes late.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>

#include "event.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> pass(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> run(std::string_view who,
                          std::chrono::milliseconds way,
                          std::chrono::milliseconds time,
                          Event gun) {
  co_await pass(way);
  fmt::print("{} is at the line\n", who);
  co_await gun.wait();
  fmt::print("{} starts\n", who);
  co_await pass(time);
  fmt::print("{} arrives\n", who);
}

asio::awaitable<void> fire(Event gun) {
  co_await pass(1000ms);
  fmt::print("Bang!\n");
  gun.set();
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Event gun(loop.get_executor());
  asio::co_spawn(loop, run("Ann", 200ms, 1500ms, gun), rethrow);
  asio::co_spawn(loop, run("Ben", 600ms, 900ms, gun), rethrow);
  asio::co_spawn(loop, run("Cleo", 1300ms, 900ms, gun), rethrow);
  asio::co_spawn(loop, fire(gun), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
