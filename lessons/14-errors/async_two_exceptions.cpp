// A trap: one side of `&&` fails. Look at what is caught, and
// look for the reason for it all.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> order(std::string_view what,
                            std::chrono::seconds time) {
  fmt::print("Order {}\n", what);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
  if (what == "flowers") {
    throw std::runtime_error("no flowers left");
  }
  fmt::print("Got {}\n", what);
}

asio::awaitable<void> decorate() {
  co_await order("flowers", 2s);
  fmt::print("Put flowers on the table\n");
}

asio::awaitable<void> plan_party() {
  try {
    co_await (order("music", 3s) && decorate());
  } catch (const std::runtime_error& error) {
    fmt::print("Caught: {}\n", error.what());
  } catch (const asio::multiple_exceptions& several) {
    fmt::print("Caught: {}\n", several.what());
    try {
      std::rethrow_exception(several.first_exception());
    } catch (const std::exception& first) {
      fmt::print("The first: {}\n", first.what());
    }
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, plan_party(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
