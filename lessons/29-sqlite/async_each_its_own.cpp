// A trap: a hundred orders for bread, statement by statement, and
// then in one transaction. Look at how often SQLite commits.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "database.hpp"
#include "kitchen.hpp"
#include "order.hpp"

using sqlite::Connection, sqlite::Database;
using std::chrono::steady_clock;

constexpr int number_of_orders = 100;

asio::awaitable<void> book_each(Database& kitchen) {
  for (int i = 0; i < number_of_orders; ++i) {
    co_await kitchen.execute(
        "insert into orders values (null, 'Ann', 'bread')");
    co_await kitchen.execute(
        "update shelf set portions = portions - 1"
        " where dish = 'bread'");
  }
}

void book_all(Connection& kitchen) {
  const Booking order{"Ann", "bread"};
  for (int i = 0; i < number_of_orders; ++i) order(kitchen);
}

// Called by SQLite. Any other result would refuse the commit.
int count_commit(void* commits) {
  ++*static_cast<int*>(commits);
  return 0;
}

asio::awaitable<void> day(Database& kitchen) {
  int commits = 0;
  auto watch = [&](Connection& connection) {
    sqlite3_commit_hook(connection.handle(), count_commit,
                        &commits);
  };
  co_await kitchen.run(watch);

  const auto start = steady_clock::now();
  co_await book_each(kitchen);
  fmt::print("Statement by statement: {} commits\n", commits);

  const auto middle = steady_clock::now();
  commits = 0;
  co_await kitchen.transaction(book_all);
  fmt::print("In one transaction: {} commit\n", commits);

  const auto end = steady_clock::now();
  fmt::print("Faster: {}\n", end - middle < middle - start
                                 ? "in one transaction"
                                 : "statement by statement");
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
