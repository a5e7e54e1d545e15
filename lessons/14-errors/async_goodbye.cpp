// Even if the order failed, a call ends with a goodbye, which
// takes a second. Look at where the goodbye is awaited.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>

using namespace std::chrono_literals;

asio::awaitable<void> wait(std::chrono::seconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> order(std::string_view what) {
  fmt::print("Order {}\n", what);
  co_await wait(2s);
  if (what == "flowers") {
    throw std::runtime_error("no flowers left");
  }
  fmt::print("Got {}\n", what);
}

asio::awaitable<void> say_goodbye() {
  fmt::print("Thank you\n");
  co_await wait(1s);
  fmt::print("Goodbye\n");
}

asio::awaitable<void> call(std::string_view what) {
  std::exception_ptr failure;
  try {
    co_await order(what);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await say_goodbye();
  if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> plan_party() {
  try {
    co_await call("cake");
    co_await call("flowers");
  } catch (const std::runtime_error& error) {
    fmt::print("Caught: {}\n", error.what());
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, plan_party(), rethrow);
  loop.run();
}
