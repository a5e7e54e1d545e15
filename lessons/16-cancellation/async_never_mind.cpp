// A trap: the roast catches everything and goes on. Look at
// what waits for it.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "kitchen.hpp"
#include "stove.hpp"
#include "task_group.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> roast() {
  const Stove stove("roast");
  co_await asio::this_coro::throw_if_cancelled(false);
  for (int round = 1; round <= 4; ++round) {
    try {
      co_await wait(1200ms);
      fmt::print("Basting the roast\n");
    } catch (...) {
      fmt::print("Never mind\n");
    }
  }
  fmt::print("Ready: roast\n");
}

asio::awaitable<void> make_dinner(TaskGroup& kitchen) {
  kitchen.start(cook("soup", 3s));
  kitchen.start(make_sauce());
  kitchen.start(roast());
  co_return;
}

asio::awaitable<void> give_dinner() {
  try {
    co_await with_task_group(make_dinner);
    fmt::print("Dinner is served\n");
  } catch (const std::exception& error) {
    fmt::print("No dinner: {}\n", error.what());
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, give_dinner(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
