// One task orders all three together. Look at what becomes of
// the music now, and at where the exception is caught.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "../12-gather/gather.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> order(std::string_view what,
                            std::chrono::seconds time) {
  fmt::print("Order {}\n", what);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  try {
    co_await timer.async_wait(asio::use_awaitable);
  } catch (const std::system_error&) {
    fmt::print("Cancelled: {}\n", what);
    throw;
  }
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
  Awaitables<void> orders;
  orders.push_back(order("cake", 1s));
  orders.push_back(decorate());
  orders.push_back(order("music", 3s));
  try {
    co_await gather(std::move(orders));
    fmt::print("The party can begin\n");
  } catch (const std::runtime_error& error) {
    fmt::print("Caught: {}\n", error.what());
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
