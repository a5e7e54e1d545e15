// Four orders, and one of the server's processes is killed in
// the middle. Look at which connections are lost, and at how an
// order whose answer is lost is not booked twice.
#include <fmt/core.h>
#include <postgresql/libpq-fe.h>
#include <signal.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#include "kitchen.hpp"
#include "pool.hpp"

using namespace std::chrono_literals;
using pg::Connection, pg::Pool;

constexpr int last_order = 4;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// An order's number is its name, and a key: whatever happens, the
// order is there once.
asio::awaitable<void> book(Pool& kitchen, int number) {
  auto order = [&](Connection& own) -> asio::awaitable<void> {
    co_await own.execute(
        "insert into workbook.orders values ($1, 'Ann', 'soup')",
        number);
    co_await own.execute("select pg_sleep(0.4)");
    co_await own.execute(
        "update workbook.shelf set portions = portions - 1"
        " where dish = 'soup'");
  };
  for (;;) {
    try {
      co_await kitchen.transaction(order);
      co_return;
    } catch (const pg::Lost&) {  // it may be booked or not
      fmt::print("Order {} has no answer\n", number);
    } catch (const pg::Error& error) {
      if (error.state != "23505") throw;  // a duplicate key
      fmt::print("Order {} was booked already\n", number);
      co_return;
    }
  }
}

asio::awaitable<void> guests(Pool& kitchen) {
  for (int number = 1; number <= last_order; ++number) {
    co_await pause(200ms);
    co_await book(kitchen, number);
    fmt::print("Order {} is booked\n", number);
  }
}

// Each connection has its own process at the server, which must
// be on this machine: a number alone could be any process.
void kill_process_of(Connection& own) {
  const int process = PQbackendPID(own.handle());
  std::string name;
  std::ifstream(fmt::format("/proc/{}/comm", process)) >> name;
  if (name != "postgres") {
    throw std::runtime_error("the server is not on this machine");
  }
  kill(process, SIGKILL);
}

asio::awaitable<void> kill_one(std::string address) {
  const auto own = co_await Connection::open(address);
  co_await pause(1000ms);
  fmt::print("The process of a connection is killed\n");
  kill_process_of(*own);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  if (argc != 2) {  // only ever the server of this lesson
    fmt::print(stderr, "Usage: {} URL\n", argv[0]);
    return 2;
  }
  try {
    const std::string address = argv[1];
    open_kitchen(address);
    asio::io_context loop;
    Pool kitchen(loop.get_executor(), address, 2);
    asio::co_spawn(loop, guests(kitchen), rethrow);
    asio::co_spawn(loop, kill_one(address), rethrow);
    loop.run();
    fmt::print("Orders: {}\n", number_of_orders(address));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
