// MariaDB with the headers of lesson 31. How it is called: databases.hpp.
#include <fmt/core.h>
#include <mariadb/mysql.h>

#include <asio.hpp>
#include <string>
#include <tuple>

#include "../../lessons/31-mariadb/address.hpp"
#include "../../lessons/31-mariadb/blocking.hpp"
#include "../../lessons/31-mariadb/connection.hpp"
#include "../../lessons/31-mariadb/pool.hpp"
#include "../../lessons/31-mariadb/transaction.hpp"
#include "databases.hpp"

using maria::Connection, maria::Pool;

const std::string question = "select name, portions from workbook_bench.dishes where number = ?";
const std::string insertion = "insert into workbook_bench.orders values (?, ?)";

void make_tables(const std::string& address) {
  maria::BlockingConnection own(maria::parse_address(address));
  own.execute("drop database if exists workbook_bench");
  own.execute("create database workbook_bench");
  own.execute(
      "create table workbook_bench.dishes (number integer primary key, name varchar(20), portions "
      "integer)"
      " engine = InnoDB");
  own.execute(
      "create table workbook_bench.orders (number integer, dish varchar(20)) engine = InnoDB");
  for (int i = 0; i < number_of_dishes; ++i) {
    own.execute("insert into workbook_bench.dishes values (?, 'soup', 10)", i);
  }
  const auto server = own.query<std::string>("select version()");
  fmt::print("MariaDB {}, libmariadb {}\n", std::get<0>(server.front()), mysql_get_client_info());
}

asio::awaitable<void> insert(Connection& own, int count) {
  auto all = [count](Connection& open) -> asio::awaitable<void> {
    for (int i = 0; i < count; ++i) co_await open.execute(insertion, i, "soup");
  };
  co_await in_transaction(own, all);
}

asio::awaitable<void> measure_all(std::string text, int count) {
  const auto address = maria::parse_address(text);
  const auto own = co_await Connection::open(address);
  Pool pool(co_await asio::this_coro::executor, address, number_of_tasks);
  auto one = [&pool](int part) { return ask_on_any(pool, question, part); };
  co_await measure("questions", count, [&](int part) { return ask(*own, question, part); });
  co_await measure("questions-by-ten", count, [&](int part) { return by_ten_tasks(part, one); });
  co_await measure("insertions", count, [&](int part) { return insert(*own, part); });
  maria::BlockingConnection blocking(address);
  co_await measure("questions-blocking", count,
                   [&](int part) { return ask_and_block(blocking, question, part); });
}

int main(int argc, char* argv[]) {
  return run(argc, argv, make_tables, measure_all);
}
