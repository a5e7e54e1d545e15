// Three guests order soup, each in a transaction with a slow
// question in it. Look at who waits for what.
#include <fmt/core.h>

#include <exception>
#include <string>

#include "address.hpp"
#include "blocking.hpp"
#include "kitchen.hpp"

using Connection = maria::BlockingConnection;

void serve(Connection& kitchen, std::string guest, int number,
           double seconds) {
  fmt::print("{} orders soup\n", guest);
  auto book = [&](Connection& own) {
    own.execute("do sleep(?)", seconds);
    own.execute("insert into workbook.orders values (?, ?, ?)",
                number, guest, "soup");
    own.execute(
        "update workbook.shelf set portions = portions - 1"
        " where dish = ?",
        "soup");
  };
  kitchen.transaction(book);
  fmt::print("{}'s order is booked\n", guest);
}

int main(int argc, char* argv[]) {
  try {
    const auto address = maria::address_from(argc, argv);
    open_kitchen(address);
    Connection kitchen(address);
    serve(kitchen, "Ann", 1, 0.8);
    serve(kitchen, "Ben", 2, 0.4);
    serve(kitchen, "Cleo", 3, 0.6);
    fmt::print("Orders: {}\n", number_of_orders(address));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
