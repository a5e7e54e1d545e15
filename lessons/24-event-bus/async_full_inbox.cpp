// A printer with room for two orders, and customers who come
// faster. Look at who pays for it, on each of four days.
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
using Bus = EventBus<OrderPlaced>;

asio::awaitable<void> work(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> printer(Subscription<OrderPlaced> orders) {
  try {
    while (auto order = co_await orders.next()) {
      co_await work(1300ms);
      fmt::print("Label for order {}\n", order->number);
    }
    fmt::print("Dropped: {}\n", orders.dropped());
  } catch (const FellBehind& error) {
    fmt::print("Printer: {}\n", error.what());
  }
}

asio::awaitable<void> counter(Bus& bus) {
  const auto start = steady_clock::now();
  for (int number = 1; number <= 8; ++number) {
    co_await work(500ms);
    co_await bus.publish(OrderPlaced{number});
  }
  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("8 customers served: {:.1f}s\n", elapsed.count());
  bus.close<OrderPlaced>();
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

void open_shop(WhenFull when_full) {
  asio::io_context loop;
  Bus bus(loop.get_executor());
  auto to_print = bus.subscribe<OrderPlaced>(2, when_full);
  asio::co_spawn(loop, printer(std::move(to_print)), rethrow);
  asio::co_spawn(loop, counter(bus), rethrow);
  loop.run();
}

int main() {
  fmt::print("--- wait\n");
  open_shop(WhenFull::wait);
  fmt::print("--- drop_oldest\n");
  open_shop(WhenFull::drop_oldest);
  fmt::print("--- drop_newest\n");
  open_shop(WhenFull::drop_newest);
  fmt::print("--- unsubscribe\n");
  open_shop(WhenFull::unsubscribe);
}
