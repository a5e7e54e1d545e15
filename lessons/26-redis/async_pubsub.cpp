// The same kitchen, but the orders are called out on a channel.
// Look at who hears them.
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
#include "kitchen.hpp"
#include "redis.hpp"
#include "say.hpp"
#include "subscription.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using redis::Address, redis::Connection, redis::Reply;
using redis::Subscription;
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
    const Reply heard =
        co_await redis.command("PUBLISH", orders, number);
    if (heard.text == "0") say("Nobody hears {}\n", number);
    co_await pause(400ms);
  }
}

asio::awaitable<std::optional<std::string>> take(
    Subscription& channel) {
  try {
    auto next = channel.next();
    co_return co_await wait_for(std::move(next), 1000ms);
  } catch (const TimedOut&) {
    co_return std::nullopt;
  }
}

asio::awaitable<void> work(const std::string& name,
                           Subscription& channel,
                           Address address) {
  Connection redis(co_await asio::this_coro::executor, address);
  while (const auto order = co_await take(channel)) {
    say("{} takes {}\n", name, *order);
    co_await pause(1000ms);
    co_await redis.command("SADD", served, *order);
    say("{} serves {}\n", name, *order);
  }
}

asio::awaitable<void> cook(std::string name, Address address) {
  const auto channel =
      co_await Subscription::begin(address, orders);
  co_await (work(name, *channel, address) &&
            work(name, *channel, address));
  say("{} goes home\n", name);
}

asio::awaitable<void> open_kitchen(Address address) {
  Connection redis(co_await asio::this_coro::executor, address);
  co_await redis.command("DEL", served);
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
