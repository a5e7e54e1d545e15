// PostgreSQL with the headers of lesson 30. How it is called: databases.hpp.
#include <fmt/core.h>
#include <postgresql/libpq-fe.h>

#include <asio.hpp>
#include <string>
#include <tuple>

#include "../../lessons/30-postgresql/blocking.hpp"
#include "../../lessons/30-postgresql/connection.hpp"
#include "../../lessons/30-postgresql/pool.hpp"
#include "databases.hpp"

using pg::Connection, pg::Pool, pg::Prepared;

const std::string question = "select name, portions from workbook_bench.dishes where number = $1";
const std::string insertion = "insert into workbook_bench.orders values ($1, $2)";

void make_tables(const std::string& address) {
  pg::BlockingConnection own(address);
  own.execute("drop schema if exists workbook_bench cascade");
  own.execute("create schema workbook_bench");
  own.execute(
      "create table workbook_bench.dishes (number integer primary key, name text, portions "
      "integer)");
  own.execute("create table workbook_bench.orders (number integer, dish text)");
  for (int i = 0; i < number_of_dishes; ++i) {
    own.execute("insert into workbook_bench.dishes values ($1, 'soup', 10)", i);
  }
  const auto server = own.query<std::string>("show server_version");
  const int library = PQlibVersion();
  fmt::print("PostgreSQL {}, libpq {}.{}\n", std::get<0>(server.front()), library / 10000,
             library % 10000);
}

asio::awaitable<void> insert(Connection& own, const Prepared& prepared, int count) {
  auto all = [&](Connection&) -> asio::awaitable<void> {
    for (int i = 0; i < count; ++i) co_await own.execute(prepared, i, "soup");
  };
  co_await in_transaction(own, all);
}

asio::awaitable<void> measure_all(std::string address, int count) {
  const auto own = co_await Connection::open(address);
  const auto asked = co_await own->prepare(question);
  const auto inserted = co_await own->prepare(insertion);
  Pool pool(co_await asio::this_coro::executor, address, number_of_tasks);
  auto one = [&pool](int part) { return ask_on_any(pool, question, part); };
  co_await measure("questions", count, [&](int part) { return ask(*own, asked, part); });
  co_await measure("questions-by-ten", count, [&](int part) { return by_ten_tasks(part, one); });
  co_await measure("insertions", count, [&](int part) { return insert(*own, inserted, part); });
  pg::BlockingConnection blocking(address);
  co_await measure("questions-blocking", count,
                   [&](int part) { return ask_and_block(blocking, question, part); });
}

int main(int argc, char* argv[]) {
  return run(argc, argv, make_tables, measure_all);
}
