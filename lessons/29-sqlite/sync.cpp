// A report takes 1.2s, and an order comes in the middle of it.
// Look at what happens to the ticker.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "connection.hpp"
#include "kitchen.hpp"
#include "order.hpp"

using namespace std::chrono_literals;
using sqlite::Connection;

asio::awaitable<void> tell(Connection& kitchen) {
  co_await after(600ms);
  fmt::print("The report begins\n");
  const auto rows = kitchen.query<int>(report);
  const auto [orders] = rows.front();
  fmt::print("The report: {} orders\n", orders);
}

asio::awaitable<void> serve(Connection& kitchen) {
  co_await after(1000ms);
  fmt::print("Ann orders soup\n");
  const Booking order{"Ann", "soup"};
  kitchen.transaction(order);
  fmt::print("Ann's order is booked\n");
}

asio::awaitable<void> tick() {
  for (int number = 1; number <= 5; ++number) {
    co_await after(400ms);
    fmt::print("tick {}\n", number);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const KitchenFile file;
  asio::io_context loop;
  Connection kitchen(file.path());
  asio::co_spawn(loop, tell(kitchen), rethrow);
  asio::co_spawn(loop, serve(kitchen), rethrow);
  asio::co_spawn(loop, tick(), rethrow);
  loop.run();
}
