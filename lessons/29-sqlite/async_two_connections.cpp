// The report has its own connection to the same file, and so its
// own thread. Look at what Ann's order waits for now, and at
// whether the report counts it.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "database.hpp"
#include "kitchen.hpp"
#include "order.hpp"

using namespace std::chrono_literals;
using sqlite::Database;

asio::awaitable<void> tell(Database& reports) {
  co_await after(600ms);
  fmt::print("The report begins\n");
  const auto rows = co_await reports.query<int>(report);
  const auto [orders] = rows.front();
  fmt::print("The report: {} orders\n", orders);
}

asio::awaitable<void> serve(Database& kitchen) {
  co_await after(1000ms);
  fmt::print("Ann orders soup\n");
  const Booking order{"Ann", "soup"};
  co_await kitchen.transaction(order);
  fmt::print("Ann's order is booked\n");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const KitchenFile file;
  asio::io_context loop;
  Database kitchen(loop.get_executor(), file.path());
  Database reports(loop.get_executor(), file.path());
  asio::co_spawn(loop, tell(reports), rethrow);
  asio::co_spawn(loop, serve(kitchen), rethrow);
  loop.run();
}
