// A trap: Ann's query waits for its turn, and Ann gives up by
// SQLite's own means. Look at whose query ends.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>

#include "database.hpp"
#include "kitchen.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using sqlite::Connection, sqlite::Database;

asio::awaitable<void> tell(Database& kitchen) {
  fmt::print("Ben's report begins\n");
  try {
    co_await kitchen.query<int>(report);
    fmt::print("Ben's report is there\n");
  } catch (const sqlite::Error& error) {
    fmt::print("Ben's report: {}\n", error.what());
  }
}

asio::awaitable<void> look(Database& kitchen) {
  co_await after(200ms);
  fmt::print("Ann looks at the shelf\n");
  co_await kitchen.query<int>("select portions from shelf");
  fmt::print("Ann has seen the shelf\n");
}

asio::awaitable<void> give_up(sqlite3* connection) {
  co_await after(500ms);
  fmt::print("Ann gives up\n");
  sqlite3_interrupt(connection);
}

asio::awaitable<void> day(Database& kitchen) {
  auto handle = [](Connection& own) { return own.handle(); };
  sqlite3* const connection = co_await kitchen.run(handle);
  co_await (tell(kitchen) && look(kitchen) &&
            give_up(connection));
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
