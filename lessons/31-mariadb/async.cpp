// Three guests order soup, each in a transaction with a slow
// question in it. Look at who waits for what.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <string>
#include <utility>

#include "address.hpp"
#include "kitchen.hpp"
#include "pool.hpp"

using maria::Connection, maria::Pool;

asio::awaitable<void> serve(Pool& kitchen, std::string guest,
                            int number, double seconds) {
  fmt::print("{} orders soup\n", guest);
  auto book = [&](Connection& own) -> asio::awaitable<void> {
    co_await own.execute("do sleep(?)", seconds);
    co_await own.execute(
        "insert into workbook.orders values (?, ?, ?)", number,
        guest, "soup");
    co_await own.execute(
        "update workbook.shelf set portions = portions - 1"
        " where dish = ?",
        "soup");
  };
  co_await kitchen.transaction(book);
  fmt::print("{}'s order is booked\n", guest);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const auto address = maria::address_from(argc, argv);
    open_kitchen(address);
    asio::io_context loop;
    Pool kitchen(loop.get_executor(), address, 2);
    const auto start = [&](asio::awaitable<void> task) {
      asio::co_spawn(loop, std::move(task), rethrow);
    };
    start(serve(kitchen, "Ann", 1, 0.8));
    start(serve(kitchen, "Ben", 2, 0.4));
    start(serve(kitchen, "Cleo", 3, 0.6));
    loop.run();
    fmt::print("Orders: {}\n", number_of_orders(address));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
