// A trap: an answer that does not hold all that was found. Look
// at where the rest is, and at how it is fetched.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <vector>

#include "address.hpp"
#include "connection.hpp"
#include "cursor.hpp"
#include "kitchen.hpp"

using mongo::Address, mongo::Connection, mongo::Cursor;
using mongo::array_of, mongo::doc, mongo::Document;

const Document all_orders = doc("find", "orders");

asio::awaitable<void> book_a_thousand(Connection& own) {
  std::vector<Document> orders;
  for (int number = 1; number <= 1000; ++number) {
    orders.push_back(doc("_id", number, "dish", "bread"));
  }
  co_await own.command(
      doc("insert", "orders", "documents", array_of(orders)));
}

asio::awaitable<void> count_first_batch(Connection& own) {
  const Document answer = co_await own.command(all_orders);
  const auto orders = answer.documents("cursor.firstBatch");
  fmt::print("Ann counts {} orders\n", orders.size());
}

asio::awaitable<void> count_all(Connection& own) {
  Cursor orders(own, all_orders);
  int count = 0;
  while (const auto order = co_await orders.next()) ++count;
  fmt::print("Ben counts {} orders, in {} answers\n", count,
             orders.answers());
}

asio::awaitable<void> look_for(Connection& own, int number) {
  Cursor orders(own, all_orders);
  while (const auto order = co_await orders.next()) {
    if (order->number("_id") == number) break;
  }
  co_await orders.close();
  fmt::print("Cleo finds order {}, in {} answer\n", number,
             orders.answers());
}

asio::awaitable<void> day(Address address) {
  const auto own = co_await Connection::open(address);
  co_await book_a_thousand(*own);
  co_await count_first_batch(*own);
  co_await count_all(*own);
  co_await look_for(*own, 7);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const auto address = mongo::address_from(argc, argv);
    open_kitchen(address);
    asio::io_context loop;
    asio::co_spawn(loop, day(address), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
