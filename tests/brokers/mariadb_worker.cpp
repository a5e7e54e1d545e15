// Books an order for bread for each of the given numbers, with the pool of lesson 31, and prints a
// line for each when MariaDB has committed it; "again" if it was booked before; "unanswered"
// for each try whose end is not known: SOCKET NUMBER….
#include <fmt/core.h>
#include <mariadb/mysqld_error.h>

#include <asio.hpp>
#include <chrono>
#include <cstdio>

#include "../../lessons/31-mariadb/address.hpp"
#include "../../lessons/31-mariadb/pool.hpp"
#include "booking.hpp"

using maria::Connection, maria::Pool;

// "again" is the answer of a table whose key knows the number.
asio::awaitable<const char*> book_once(Pool& kitchen, int number) {
  auto order = [number](Connection& own) -> asio::awaitable<void> {
    co_await own.execute("insert into workbook.orders values (?, 'worker', 'bread')", number);
    co_await own.execute("update workbook.shelf set portions = portions - 1 where dish = 'bread'");
  };
  for (;;) {
    try {
      co_await kitchen.transaction(order);
      co_return "booked";
    } catch (const maria::Lost&) {  // tried again
      fmt::print("unanswered {}\n", number);
      std::fflush(stdout);
    } catch (const maria::Error& error) {
      if (error.number != ER_DUP_ENTRY) throw;
      co_return "again";
    }
  }
}

int main(int, char* argv[]) {
  asio::io_context loop;
  Pool kitchen(loop.get_executor(), maria::parse_address(argv[1]), 3, std::chrono::minutes(1));
  book_all(loop, argv + 2, [&](int number) { return book_once(kitchen, number); });
}
