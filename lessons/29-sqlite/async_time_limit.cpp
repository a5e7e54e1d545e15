// Two tasks give up: one while its job runs, in the middle of a
// transaction, one while its job waits. Look at what is booked.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

#include "../15-timeouts/wait_for.hpp"
#include "database.hpp"
#include "kitchen.hpp"
#include "order.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using sqlite::Connection, sqlite::Database;

// A transaction that takes 1.3s, between two changes.
void book_and_count(Connection& kitchen) {
  const Booking first{"Ben", "soup"};
  const Booking second{"Ben", "bread"};
  first(kitchen);
  kitchen.query<int>(report);
  second(kitchen);
}

asio::awaitable<void> serve(std::string_view guest,
                            asio::awaitable<void> booking,
                            std::chrono::milliseconds limit) {
  try {
    co_await wait_for(std::move(booking), limit);
    fmt::print("{}'s order is booked\n", guest);
  } catch (const TimedOut&) {
    fmt::print("{} gives up\n", guest);
  }
}

asio::awaitable<void> serve_ann(Database& kitchen) {
  co_await after(200ms);
  fmt::print("Ann orders soup\n");
  const Booking order{"Ann", "soup"};
  co_await serve("Ann", kitchen.transaction(order), 200ms);
}

asio::awaitable<void> day(Database& kitchen) {
  fmt::print("Ben orders soup and bread\n");
  auto booking = kitchen.transaction(book_and_count);
  auto ben = serve("Ben", std::move(booking), 800ms);
  co_await (std::move(ben) && serve_ann(kitchen));
  const auto rows = co_await kitchen.query<int>(
      "select count(*) from orders where guest in ('Ann', "
      "'Ben')");
  const auto [orders] = rows.front();
  fmt::print("Orders of the two: {}\n", orders);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const KitchenFile file;
  asio::io_context loop;
  Database kitchen(loop.get_executor(), file.path());
  asio::co_spawn(loop, day(kitchen), rethrow);
  loop.run();
}
