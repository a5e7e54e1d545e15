// A kitchen takes its orders from a stream in Redis. Ann, the
// cook, is killed. Look at what becomes of what she had begun.
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "child.hpp"
#include "entries.hpp"
#include "kitchen.hpp"
#include "redis.hpp"
#include "say.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using redis::Address, redis::Connection, redis::Entry,
    redis::Reply;
using std::chrono::milliseconds;

asio::awaitable<void> pause(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> waiter(Address address) {
  Connection redis(co_await asio::this_coro::executor, address);
  for (int number = 1; number <= 6; ++number) {
    say("Order {} is placed\n", number);
    co_await redis.command("XADD", orders, "*", "number", number);
    co_await pause(400ms);
  }
}

// An order that a cook has had for 1.2s, or else a new one.
asio::awaitable<std::optional<Entry>> take(
    Connection& redis, const std::string& name) {
  const Reply left = co_await redis.command(
      "XAUTOCLAIM", orders, "cooks", name, 1200, 0, "COUNT", 1);
  auto taken = redis::entries_claimed(left);
  if (taken.empty()) {
    const Reply fresh = co_await redis.command(
        "XREADGROUP", "GROUP", "cooks", name, "COUNT", 1, "BLOCK",
        1000, "STREAMS", orders, ">");
    taken = redis::entries_read(fresh);
  }
  if (taken.empty()) co_return std::nullopt;
  co_return taken.front();
}

asio::awaitable<void> work(const std::string& name,
                           Address address) {
  Connection redis(co_await asio::this_coro::executor, address);
  while (const auto order = co_await take(redis, name)) {
    say("{} takes {}\n", name, order->text);
    co_await pause(1000ms);
    co_await redis.command("SADD", served, order->text);
    say("{} serves {}\n", name, order->text);
    co_await redis.command("XACK", orders, "cooks", order->id);
  }
}

asio::awaitable<void> cook(std::string name, Address address) {
  co_await (work(name, address) && work(name, address));
  say("{} goes home\n", name);
}

asio::awaitable<void> open_kitchen(Address address) {
  Connection redis(co_await asio::this_coro::executor, address);
  co_await redis.command("DEL", orders, served);
  co_await redis.command("XGROUP", "CREATE", orders, "cooks", 0,
                         "MKSTREAM");
}

asio::awaitable<void> close_kitchen(Address address) {
  Connection redis(co_await asio::this_coro::executor, address);
  const Reply numbers = co_await redis.command("SORT", served);
  print_served(numbers);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

// Each process has its own loop: they share none.
void run(asio::awaitable<void> task) {
  asio::io_context loop;
  asio::co_spawn(loop, std::move(task), rethrow);
  loop.run();
}

int main(int argc, char* argv[]) {
  try {
    const Address address = redis::address_from(argc, argv);
    run(open_kitchen(address));
    Child ann([&] { run(cook("Ann", address)); });
    std::this_thread::sleep_for(300ms);
    Child customers([&] { run(waiter(address)); });
    std::this_thread::sleep_for(1800ms);
    ann.end(SIGKILL);
    say("Ann is killed\n");
    Child ben([&] { run(cook("Ben", address)); });
    customers.wait();
    ben.wait();
    run(close_kitchen(address));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
