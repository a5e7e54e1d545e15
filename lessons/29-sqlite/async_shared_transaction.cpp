// A trap: a transaction in several jobs, and another task that
// uses the same connection. Look at what Ann's rollback undoes.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "database.hpp"
#include "kitchen.hpp"

using namespace std::chrono_literals;
using sqlite::Database;

asio::awaitable<void> serve_ann(Database& kitchen) {
  co_await kitchen.execute("begin immediate");
  co_await kitchen.execute(
      "insert into orders values (null, 'Ann', 'soup')");
  fmt::print("Ann's order is in\n");
  co_await after(400ms);  // she looks for her card
  fmt::print("Ann has no money\n");
  co_await kitchen.execute("rollback");
}

asio::awaitable<void> serve_ben(Database& kitchen) {
  co_await after(200ms);
  co_await kitchen.execute(
      "insert into orders values (null, 'Ben', 'soup')");
  fmt::print("Ben's order is in\n");
}

asio::awaitable<void> count(Database& kitchen) {
  co_await after(600ms);
  const auto rows = co_await kitchen.query<int>(
      "select count(*) from orders where guest = 'Ben'");
  const auto [orders] = rows.front();
  fmt::print("Ben's orders: {}\n", orders);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const KitchenFile file;
  asio::io_context loop;
  Database kitchen(loop.get_executor(), file.path());
  asio::co_spawn(loop, serve_ann(kitchen), rethrow);
  asio::co_spawn(loop, serve_ben(kitchen), rethrow);
  asio::co_spawn(loop, count(kitchen), rethrow);
  loop.run();
}
