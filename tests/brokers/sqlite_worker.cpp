// Books an order for bread for each of the given numbers, and prints a line for each when SQLite
// has committed it; "again" if it was booked before: FILE NUMBER….
#include <sqlite3.h>

#include <asio.hpp>

#include "../../lessons/29-sqlite/database.hpp"
#include "booking.hpp"

using sqlite::Connection, sqlite::Database;

asio::awaitable<const char*> book_once(Database& kitchen, int number) {
  auto order = [number](Connection& own) {
    own.execute("update shelf set portions = portions - 1 where dish = 'bread'");
    own.execute("insert into orders values (?, 'worker', 'bread')", number);
  };
  try {
    co_await kitchen.transaction(order);
    co_return "booked";
  } catch (const sqlite::Error& error) {
    if (error.code != SQLITE_CONSTRAINT_PRIMARYKEY) throw;
    co_return "again";
  }
}

int main(int, char* argv[]) {
  asio::io_context loop;
  Database kitchen(loop.get_executor(), argv[1]);
  book_all(loop, argv + 2, [&](int number) { return book_once(kitchen, number); });
}
