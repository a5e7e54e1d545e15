// A trap: an order that is tried again under another name. Look
// at how many orders each guest has in the end.
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
using mongo::Document, mongo::ObjectId;

Document insert(ObjectId id, std::string guest) {
  return doc("insert", "orders", "documents",
             array(doc("_id", id, "guest", guest)));
}

asio::awaitable<void> book_again(Pool& kitchen) {
  for (;;) {
    try {
      const auto id = mongo::new_id();
      co_await kitchen.command(insert(id, "Ann"));
      fmt::print("Ann's order is booked\n");
      co_return;
    } catch (const mongo::Lost&) {
      fmt::print("Ann has no answer\n");
    }
  }
}

asio::awaitable<void> book_once(Pool& kitchen) {
  const auto id = mongo::new_id();
  for (;;) {
    try {
      co_await kitchen.command(insert(id, "Ben"));
      fmt::print("Ben's order is booked\n");
      co_return;
    } catch (const mongo::Lost&) {
      fmt::print("Ben has no answer\n");
    } catch (const mongo::Error& error) {
      if (error.code != mongo::duplicate_key) throw;
      fmt::print("Ben's order was booked already\n");
      co_return;
    }
  }
}

asio::awaitable<void> count(Pool& kitchen, std::string guest) {
  const auto answer =
      co_await kitchen.command(count_orders(doc("guest", guest)));
  fmt::print("{}'s orders: {}\n", guest, answer.number("n"));
}

asio::awaitable<void> book_both(Pool& kitchen, Relay& relay) {
  co_await kitchen.command(doc("ping", 1));
  relay.lose_answer();
  co_await book_again(kitchen);
  co_await count(kitchen, "Ann");
  relay.lose_answer();
  co_await book_once(kitchen);
  co_await count(kitchen, "Ben");
}

asio::awaitable<void> day(Address address) {
  const auto executor = co_await asio::this_coro::executor;
  Relay relay(executor, address);
  Pool kitchen(executor, relay.address(), 1);
  co_await (book_both(kitchen, relay) || relay.serve());
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
