// A dinner of three dishes at the same time, and one burns.
// Look at what becomes of the other two, and when.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>

#include "stove.hpp"
#include "task_group.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> cook(std::string_view dish,
                           std::chrono::seconds time) {
  const Stove stove(dish);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("Ready: {}\n", dish);
}

asio::awaitable<void> make_sauce() {
  const Stove stove("sauce");
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(1s);
  co_await timer.async_wait(asio::use_awaitable);
  throw std::runtime_error("the sauce has burnt");
}

asio::awaitable<void> make_dinner(TaskGroup& kitchen) {
  kitchen.start(cook("soup", 3s));
  kitchen.start(make_sauce());
  kitchen.start(cook("roast", 5s));
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
