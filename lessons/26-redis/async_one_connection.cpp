// Two tasks share a connection: one waits for orders, the other
// places one. Look at when the order is there.
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>

#include "entries.hpp"
#include "kitchen.hpp"
#include "redis.hpp"
#include "say.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using redis::Address, redis::Connection, redis::Reply;
using std::chrono::milliseconds;

asio::awaitable<void> pause(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> cook(Connection& redis) {
  say("Ann waits for a second at most\n");
  const Reply news = co_await redis.command(
      "XREAD", "BLOCK", 1000, "STREAMS", orders, "$");
  say("Ann has {} orders\n", redis::entries_read(news).size());
}

asio::awaitable<void> waiter(Connection& redis) {
  co_await pause(300ms);
  say("Order 1 is placed\n");
  co_await redis.command("XADD", orders, "*", "number", 1);
  say("Order 1 is on the disk\n");
}

asio::awaitable<void> day(Address address) {
  Connection redis(co_await asio::this_coro::executor, address);
  co_await redis.command("DEL", orders);
  co_await (cook(redis) && waiter(redis));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    asio::io_context loop;
    asio::co_spawn(loop, day(redis::address_from(argc, argv)),
                   rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
