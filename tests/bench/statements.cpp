// Statements with the headers of lesson 29: FILE COUNT. Prints for each of four works its name, the
// seconds it has taken, and the processor's seconds, of all threads.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <functional>
#include <string>

#include "../../lessons/16-cancellation/task_group.hpp"
#include "../../lessons/29-sqlite/database.hpp"

using sqlite::Connection, sqlite::Database;
using Work = std::function<asio::awaitable<void>(Database&, int)>;

asio::awaitable<void> ask(Database& database, int count) {
  for (int i = 0; i < count; ++i) co_await database.query<int>("select ? + 1", i);
}

asio::awaitable<void> ask_by_ten(Database& database, int count) {
  co_await with_task_group([&](TaskGroup& tasks) -> asio::awaitable<void> {
    for (int i = 0; i < 10; ++i) tasks.start(ask(database, count / 10));
    co_return;
  });
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

asio::awaitable<void> measure(Database& database, const char* name, Work work, int count) {
  co_await work(database, count / 10);  // warm
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t before = std::clock();
  co_await work(database, count);
  const double processor = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{} {:.6f} {:.6f}\n", name, took.count(), processor);
}

asio::awaitable<void> measure_all(Database& database, int count) {
  co_await database.execute("pragma journal_mode = wal");
  co_await database.execute("create table t (number integer)");
  co_await measure(database, "ask", ask, count);
  co_await measure(database, "ask-by-ten", ask_by_ten, count);
  co_await measure(database, "insert-each", insert_each, count);
  co_await measure(database, "insert-in-one-job", insert_in_one_job, count);
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
