// Books an order for each of the given numbers, with the pool of lesson 32, and prints a line for
// each when the server has acknowledged it; "again" if it was booked before; "unanswered" for each
// try whose end is not known: ADDRESS NUMBER….
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <cstdio>

#include "../../lessons/32-mongodb/address.hpp"
#include "../../lessons/32-mongodb/answer.hpp"
#include "../../lessons/32-mongodb/document.hpp"
#include "../../lessons/32-mongodb/pool.hpp"
#include "booking.hpp"

using mongo::array, mongo::doc, mongo::Pool;

// "again" is the answer of a collection that knows the number.
asio::awaitable<const char*> book_once(Pool& kitchen, int number) {
  const auto order = doc("_id", number, "guest", "worker", "dishes", array("soup", "bread"));
  const auto insert = doc("insert", "orders", "documents", array(order));
  for (;;) {
    try {
      co_await kitchen.command(insert);
      co_return "booked";
    } catch (const mongo::Lost&) {  // tried again
      fmt::print("unanswered {}\n", number);
      std::fflush(stdout);
    } catch (const mongo::Error& error) {
      if (error.code != mongo::duplicate_key) throw;
      co_return "again";
    }
  }
}

int main(int, char* argv[]) {
  asio::io_context loop;
  Pool kitchen(loop.get_executor(), mongo::parse_address(argv[1]), 3, std::chrono::minutes(1));
  book_all(loop, argv + 2, [&](int number) { return book_once(kitchen, number); });
}
