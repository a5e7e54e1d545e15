// A trap: each part subscribes when its task begins. Look at
// which order the printer never hears of.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "event_bus.hpp"
#include "orders.hpp"

using namespace std::chrono_literals;
using Bus = EventBus<OrderPlaced>;

asio::awaitable<void> printer(Bus& bus) {
  auto orders = bus.subscribe<OrderPlaced>(9, WhenFull::wait);
  while (auto order = co_await orders.next()) {
    fmt::print("Label for order {}\n", order->number);
  }
}

asio::awaitable<void> counter(Bus& bus) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int number = 1; number <= 3; ++number) {
    fmt::print("Order {} placed\n", number);
    co_await bus.publish(OrderPlaced{number});
    timer.expires_after(500ms);
    co_await timer.async_wait(asio::use_awaitable);
  }
  bus.close<OrderPlaced>();
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  Bus bus(loop.get_executor());
  asio::co_spawn(loop, counter(bus), rethrow);
  asio::co_spawn(loop, printer(bus), rethrow);
  loop.run();
}
