// A trap: a task gives up on a statement, and its connection is
// closed. Look at what the server does in the meantime.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "../15-timeouts/wait_for.hpp"
#include "address.hpp"
#include "connection.hpp"
#include "kitchen.hpp"
#include "pool.hpp"

using namespace std::chrono_literals;
using pg::Connection, pg::Pool;

// Takes a portion, and then the server is busy for 1.6s.
asio::awaitable<void> take(Connection& own) {
  co_await own.execute(
      "with taken as (update workbook.shelf"
      " set portions = portions - 1 where dish = 'soup'"
      " returning portions)"
      " select pg_sleep(1.6) from taken");
}

asio::awaitable<void> take_and_close(std::string address) {
  const auto own = co_await Connection::open(address);
  co_await take(*own);
}

asio::awaitable<void> give_up(std::string guest,
                              asio::awaitable<void> work) {
  try {
    co_await wait_for(std::move(work), 400ms);
  } catch (const TimedOut&) {
    fmt::print("{} has given up\n", guest);
  }
}

// Waits while another transaction is changing the shelf.
asio::awaitable<void> look(Connection& own, std::string cook) {
  const auto rows = co_await own.query<int>(
      "select portions from workbook.shelf where dish = 'soup'"
      " for update");
  fmt::print("{} counts {} portions\n", cook,
             std::get<0>(rows.front()));
}

asio::awaitable<void> day(std::string address) {
  const auto executor = co_await asio::this_coro::executor;
  const auto own = co_await Connection::open(address);
  co_await give_up("Ann", take_and_close(address));
  co_await look(*own, "Dora");
  Pool kitchen(executor, address, 2);
  co_await give_up("Ben", kitchen.use(take));
  co_await look(*own, "Emil");
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
    asio::co_spawn(loop, day(address), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
