// A trap: a transaction that begins by reading. Look at how long
// it waits for its turn to write, and how long it could wait.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "database.hpp"
#include "kitchen.hpp"

using namespace std::chrono_literals;
using sqlite::Connection, sqlite::Database;
using std::chrono::steady_clock;

constexpr const char* look =
    "select portions from shelf where dish = 'soup'";
constexpr const char* take =
    "update shelf set portions = portions - 1 where dish = "
    "'soup'";

asio::awaitable<void> serve_ann(Database& ann, Database& ben) {
  co_await ann.execute("begin");
  co_await ann.query<int>(look);
  fmt::print("Ann reads\n");
  co_await ben.execute(take);
  fmt::print("Ben takes a portion\n");
  const auto start = steady_clock::now();
  try {
    co_await ann.execute(take);
  } catch (const sqlite::Error& error) {
    const auto waited = steady_clock::now() - start;
    fmt::print("Ann: {} ({}), {}\n", error.what(),
               error.code == SQLITE_BUSY_SNAPSHOT
                   ? "SQLITE_BUSY_SNAPSHOT"
                   : "another reason",
               waited < 2s ? "at once" : "after 5 seconds");
  }
  co_await ann.execute("rollback");
}

// The same two statements. `transaction` begins immediately.
void read_and_take(Connection& kitchen) {
  kitchen.query<int>(look);
  kitchen.execute(take);
}

asio::awaitable<void> day(Database& ann, Database& ben) {
  co_await serve_ann(ann, ben);
  co_await ann.transaction(read_and_take);
  fmt::print("Ann takes a portion\n");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const KitchenFile file;
  asio::io_context loop;
  Database ann(loop.get_executor(), file.path(), 5s);
  Database ben(loop.get_executor(), file.path(), 5s);
  asio::co_spawn(loop, day(ann, ben), rethrow);
  loop.run();
}
