// The parts of a shop, each a task with its own inbox.
// Look at how long a customer stands at the counter.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "event_bus.hpp"
#include "orders.hpp"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Bus = EventBus<OrderPlaced, OrderShipped>;

asio::awaitable<void> work(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> mailer(Subscription<OrderPlaced> orders) {
  while (auto order = co_await orders.next()) {
    co_await work(200ms);
    fmt::print("Mail for order {}\n", order->number);
  }
}

asio::awaitable<void> printer(Subscription<OrderPlaced> orders,
                              Bus& bus) {
  while (auto order = co_await orders.next()) {
    co_await work(1300ms);
    fmt::print("Label for order {}\n", order->number);
    co_await bus.publish(OrderShipped{order->number});
  }
  bus.close<OrderShipped>();
}

asio::awaitable<void> statistics(
    Subscription<OrderShipped> orders) {
  int shipped = 0;
  while (co_await orders.next()) {
    ++shipped;
    fmt::print("Shipped so far: {}\n", shipped);
  }
}

asio::awaitable<void> counter(Bus& bus) {
  for (int number = 1; number <= 4; ++number) {
    co_await work(500ms);
    fmt::print("Order {} placed\n", number);
    co_await bus.publish(OrderPlaced{number});
    fmt::print("Customer {} leaves\n", number);
  }
  bus.close<OrderPlaced>();
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Bus bus(loop.get_executor());
  auto to_mail = bus.subscribe<OrderPlaced>(9, WhenFull::wait);
  auto to_print = bus.subscribe<OrderPlaced>(9, WhenFull::wait);
  auto to_count = bus.subscribe<OrderShipped>(9, WhenFull::wait);
  asio::co_spawn(loop, mailer(std::move(to_mail)), rethrow);
  asio::co_spawn(loop, printer(std::move(to_print), bus),
                 rethrow);
  asio::co_spawn(loop, statistics(std::move(to_count)), rethrow);
  asio::co_spawn(loop, counter(bus), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
