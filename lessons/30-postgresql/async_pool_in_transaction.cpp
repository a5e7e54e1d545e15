// A trap: a pool that takes back every connection as it is. Look
// at whose orders Cleo's rollback takes away.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../15-timeouts/wait_for.hpp"
#include "address.hpp"
#include "connection.hpp"
#include "kitchen.hpp"

using namespace std::chrono_literals;
using pg::Connection;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

using Pool = std::vector<std::unique_ptr<Connection>>;

// Given back at the end of the scope, in whatever state.
struct Lease {
  explicit Lease(Pool& pool)
      : pool(pool), own(std::move(pool.back())) {
    pool.pop_back();
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { pool.push_back(std::move(own)); }

  Pool& pool;
  std::unique_ptr<Connection> own;
};

asio::awaitable<void> order(Connection& own, int number,
                            std::string guest) {
  co_await own.execute(
      "insert into workbook.orders values ($1, $2, 'soup')",
      number, guest);
}

asio::awaitable<void> serve_ann(Pool& pool) {
  const Lease lease(pool);
  co_await lease.own->execute("begin");
  co_await order(*lease.own, 1, "Ann");
  co_await pause(10s);  // she looks for her card
  co_await lease.own->execute("commit");
}

asio::awaitable<void> serve_ben(Pool& pool) {
  const Lease lease(pool);
  co_await order(*lease.own, 2, "Ben");
  fmt::print("Ben's order is booked\n");
}

asio::awaitable<void> serve_cleo(Pool& pool) {
  const Lease lease(pool);
  co_await lease.own->execute("begin");
  co_await order(*lease.own, 3, "Cleo");
  fmt::print("Cleo has changed her mind\n");
  co_await lease.own->execute("rollback");
}

asio::awaitable<void> day(std::string address) {
  Pool pool;
  pool.push_back(co_await Connection::open(address));
  try {
    co_await wait_for(serve_ann(pool), 400ms);
  } catch (const TimedOut&) {
    fmt::print("Ann has given up\n");
  }
  co_await serve_ben(pool);
  co_await serve_cleo(pool);
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
    fmt::print("Orders: {}\n", number_of_orders(address));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
