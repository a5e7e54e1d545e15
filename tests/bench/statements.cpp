// Statements with the headers of lesson 29: FILE COUNT. Prints for each of four works its name, the
// seconds it has taken, and the processor's seconds, of all threads.
#include <asio.hpp>
#include <exception>
#include <string>

#include "../../lessons/29-sqlite/database.hpp"
#include "databases.hpp"

using sqlite::Connection, sqlite::Database;

asio::awaitable<void> ask(Database& database, int count) {
  for (int i = 0; i < count; ++i) co_await database.query<int>("select ? + 1", i);
}

asio::awaitable<void> insert_each(Database& database, int count) {
  co_await database.execute("begin immediate");
  for (int i = 0; i < count; ++i) co_await database.execute("insert into t values (?)", i);
  co_await database.execute("commit");
}

asio::awaitable<void> insert_in_one_job(Database& database, int count) {
  auto insert = [count](Connection& connection) {
    for (int i = 0; i < count; ++i) connection.execute("insert into t values (?)", i);
  };
  co_await database.transaction(insert);
}

asio::awaitable<void> measure_all(Database& database, int count) {
  co_await database.execute("pragma journal_mode = wal");
  co_await database.execute("create table t (number integer)");
  const auto one = [&](int part) { return ask(database, part); };
  const auto each = [&](int part) { return insert_each(database, part); };
  const auto in_one_job = [&](int part) { return insert_in_one_job(database, part); };
  co_await measure("ask", count, one);
  co_await measure("ask-by-ten", count, [&](int part) { return by_ten_tasks(part, one); });
  co_await measure("insert-each", count, each);
  co_await measure("insert-in-one-job", count, in_one_job);
}

int main(int argc, char* argv[]) {
  if (argc != 3) return 2;
  asio::io_context loop;
  Database database(loop.get_executor(), argv[1]);
  asio::co_spawn(loop, measure_all(database, std::stoi(argv[2])), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
}
