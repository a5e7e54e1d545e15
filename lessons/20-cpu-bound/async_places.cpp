// One call, four ways to use it. Look at which thread counts,
// and which one gets the result.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "primes.hpp"
#include "run_on.hpp"

const auto loops_thread = std::this_thread::get_id();

std::string_view here() {
  const auto thread = std::this_thread::get_id();
  return thread == loops_thread ? "the loop's thread"
                                : "another thread";
}

int count() {
  fmt::print("  counted by {}\n", here());
  return count_primes(ranges[0]);
}

asio::awaitable<int> count_as_task() {
  co_return count();
}

int give_up() {
  throw std::runtime_error("too many to count");
}

void report(int primes) {
  fmt::print("  {} primes, says {}\n", primes, here());
}

asio::awaitable<void> count_everywhere(asio::thread_pool& pool,
                                       asio::thread_pool& mine) {
  auto loop = co_await asio::this_coro::executor;
  fmt::print("A function, on a pool:\n");
  report(co_await run_on(pool, count));
  fmt::print("On a thread of its own:\n");
  report(co_await run_on(mine, count));
  fmt::print("On the loop:\n");
  report(co_await run_on(loop, count));
  fmt::print("A coroutine, on a pool:\n");
  report(co_await run_on(pool, count_as_task()));
  fmt::print("A failure, on a pool:\n");
  try {
    report(co_await run_on(pool, give_up));
  } catch (const std::exception& error) {
    fmt::print("  {}, says {}\n", error.what(), here());
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::thread_pool pool(2), mine(1);
  asio::co_spawn(loop, count_everywhere(pool, mine), rethrow);
  loop.run();
}
