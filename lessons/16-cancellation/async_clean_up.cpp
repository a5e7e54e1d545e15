// A cancelled task has to wait before it can leave. Look at
// how long the group waits for it.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "kitchen.hpp"
#include "task_group.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> let_steam_out() {
  fmt::print("Letting the steam out\n");
  co_await wait(500ms);
  fmt::print("The lid is open\n");
}

// Cooks under pressure. Whatever happens, the lid is opened.
asio::awaitable<void> with_pressure_cooker(
    asio::awaitable<void> cooking) {
  std::exception_ptr failure;
  try {
    co_await std::move(cooking);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await let_steam_out();
  co_await asio::this_coro::throw_if_cancelled(true);
  if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> make_dinner(TaskGroup& kitchen) {
  kitchen.start(with_pressure_cooker(cook("beans", 3s)));
  kitchen.start(make_sauce());
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
