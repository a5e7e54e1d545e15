// A trap: one task is started outside the group. Look at
// what comes after the door is locked.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "kitchen.hpp"
#include "task_group.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> make_dinner(TaskGroup& kitchen) {
  kitchen.start(cook("soup", 3s));
  kitchen.start(make_sauce());
  asio::co_spawn(co_await asio::this_coro::executor,
                 cook("bread", 2s), rethrow);
}

asio::awaitable<void> give_dinner() {
  try {
    co_await with_task_group(make_dinner);
    fmt::print("Dinner is served\n");
  } catch (const std::exception& error) {
    fmt::print("No dinner: {}\n", error.what());
  }
  fmt::print("All stoves are off, the door is locked\n");
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, give_dinner(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
