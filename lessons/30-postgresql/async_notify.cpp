// A cook who is told of new orders, and asks only then. Look at
// what the notification of a rolled-back order is worth.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>

#include "address.hpp"
#include "kitchen.hpp"
#include "pool.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using pg::Connection, pg::Pool;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> serve(Pool& kitchen, int number,
                            std::string guest, bool can_pay) {
  co_await pause(400ms);
  fmt::print("{} orders soup\n", guest);
  auto book = [&](Connection& own) -> asio::awaitable<void> {
    co_await own.execute(
        "insert into workbook.orders values ($1, $2, 'soup')",
        number, guest);
    co_await own.execute("notify workbook_orders");
    if (!can_pay) throw std::runtime_error("cannot pay");
  };
  try {
    co_await kitchen.transaction(book);
  } catch (const std::runtime_error& error) {
    fmt::print("{} {}\n", guest, error.what());
  }
}

asio::awaitable<void> guests(Pool& kitchen) {
  co_await serve(kitchen, 1, "Ann", true);
  co_await serve(kitchen, 2, "Ben", false);
  co_await serve(kitchen, 3, "Cleo", true);
}

// First it listens, and then it looks: an order in between costs
// a second look, and none is missed.
asio::awaitable<void> cook(std::string address) {
  const auto own = co_await Connection::open(address);
  co_await own->execute("listen workbook_orders");
  int cooked = 0;
  while (cooked < 3) {
    const auto orders = co_await own->query<int, std::string>(
        "select number, guest from workbook.orders"
        " where number > $1 order by number",
        cooked);
    for (const auto& [number, guest] : orders) {
      fmt::print("The cook sees order {}, of {}\n", number,
                 guest);
      cooked = number;
    }
    if (cooked < 3) co_await own->notification();
  }
}

asio::awaitable<void> day(Pool& kitchen, std::string address) {
  co_await (cook(address) && guests(kitchen));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const std::string address = pg::address_from(argc, argv);
    open_kitchen(address);
    asio::io_context loop;
    Pool kitchen(loop.get_executor(), address, 2);
    asio::co_spawn(loop, day(kitchen, address), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
