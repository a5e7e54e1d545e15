// Four orders, and the server is killed in the middle of two of
// them. Look at how the guest learns what became of each.
#include <fmt/core.h>
#include <mariadb/mysqld_error.h>
#include <signal.h>
#include <sys/types.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <tuple>

#include "address.hpp"
#include "kitchen.hpp"
#include "pool.hpp"

using namespace std::chrono_literals;
using maria::Address, maria::Connection, maria::Pool;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// Each is one question with several statements. The server is
// busy for a while: before the commit, or after it.
const std::string busy_before =
    "begin not atomic start transaction;"
    " insert into workbook.orders values (?, 'Ann', 'soup');"
    " do sleep(?); commit; end";
const std::string busy_after =
    "begin not atomic start transaction;"
    " insert into workbook.orders values (?, 'Ann', 'soup');"
    " commit; do sleep(?); end";

// An order's number is its name, and a key: whatever happens, the
// order is there once.
asio::awaitable<void> book(Pool& kitchen, int number,
                           std::string sql, double seconds) {
  auto order = [&](Connection& own) -> asio::awaitable<void> {
    co_await own.execute(sql, number, seconds);
  };
  for (;; seconds = 0) {
    try {
      co_await kitchen.use(order);
      fmt::print("Order {} is booked\n", number);
      co_return;
    } catch (const maria::Lost&) {  // it may be booked or not
      fmt::print("Order {} has no answer\n", number);
    } catch (const maria::Error& error) {
      if (error.number != ER_DUP_ENTRY) throw;  // that is 1062
      fmt::print("Order {} was booked already\n", number);
      co_return;
    }
  }
}

// Kills the server as soon as an order keeps it busy. The process
// that started the server starts it again.
asio::awaitable<void> kill_it(Address address, pid_t server) {
  const auto own = co_await Connection::open(address);
  for (int busy = 0; busy == 0;) {
    co_await pause(20ms);
    const auto rows = co_await own->query<int>(
        "select count(*) from information_schema.processlist"
        " where state = 'User sleep'");
    busy = std::get<0>(rows.front());
  }
  fmt::print("The server is killed\n");
  kill(server, SIGUSR1);
}

asio::awaitable<void> guest(Address address, pid_t server) {
  using namespace asio::experimental::awaitable_operators;
  Pool kitchen(co_await asio::this_coro::executor, address, 1);
  co_await book(kitchen, 1, busy_before, 0);
  co_await (book(kitchen, 2, busy_before, 60) &&
            kill_it(address, server));
  co_await (book(kitchen, 3, busy_after, 60) &&
            kill_it(address, server));
  co_await book(kitchen, 4, busy_after, 0);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  if (argc != 3) {  // only ever the server of this lesson
    fmt::print(stderr, "Usage: {} SOCKET PROCESS\n", argv[0]);
    return 2;
  }
  try {
    const auto address = maria::parse_address(argv[1]);
    open_kitchen(address);
    asio::io_context loop;
    asio::co_spawn(loop, guest(address, std::stoi(argv[2])),
                   rethrow);
    loop.run();
    fmt::print("Orders: {}\n", number_of_orders(address));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
