// Four orders, and twice the cable is pulled. Look at what the
// guest knows then, and at who knows more.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <string>

#include "address.hpp"
#include "kitchen.hpp"
#include "pool.hpp"
#include "relay.hpp"

using namespace asio::experimental::awaitable_operators;
using mongo::Address, mongo::array, mongo::doc, mongo::Pool;

// An order's number is its name: there is at most one order with
// that number.
asio::awaitable<void> book(Pool& kitchen, int number) {
  const auto order = doc("_id", number, "guest", "Ann", "dishes",
                         array("soup", "bread"));
  const auto insert =
      doc("insert", "orders", "documents", array(order));
  for (;;) {
    try {
      co_await kitchen.command(insert);
      fmt::print("Order {} is booked\n", number);
      co_return;
    } catch (const mongo::Lost&) {  // it may be booked or not
      fmt::print("Order {} has no answer\n", number);
    } catch (const mongo::Error& error) {
      if (error.code != mongo::duplicate_key) throw;  // 11000
      fmt::print("Order {} was booked already\n", number);
      co_return;
    }
  }
}

asio::awaitable<void> book_all(Pool& kitchen, Relay& relay) {
  co_await book(kitchen, 1);
  relay.lose_question();
  co_await book(kitchen, 2);
  relay.lose_answer();
  co_await book(kitchen, 3);
  co_await book(kitchen, 4);
  const auto answer =
      co_await kitchen.command(count_orders(doc()));
  fmt::print("Orders: {}\n", answer.number("n"));
}

asio::awaitable<void> day(Address address) {
  const auto executor = co_await asio::this_coro::executor;
  Relay relay(executor, address);
  Pool kitchen(executor, relay.address(), 1);
  co_await (book_all(kitchen, relay) || relay.serve());
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
