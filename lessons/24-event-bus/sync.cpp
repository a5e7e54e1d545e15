// The parts of a shop, called back when something happens. Look
// at how long a customer stands at the counter.
#include <fmt/core.h>

#include <chrono>
#include <thread>

#include "callbacks.hpp"
#include "orders.hpp"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Bus = CallbackBus<OrderPlaced, OrderShipped>;

void work(milliseconds time) {
  std::this_thread::sleep_for(time);
}

void mailer(const OrderPlaced& order) {
  work(200ms);
  fmt::print("Mail for order {}\n", order.number);
}

void printer(const OrderPlaced& order, Bus& bus) {
  work(1300ms);
  fmt::print("Label for order {}\n", order.number);
  bus.publish(OrderShipped{order.number});
}

void statistics(const OrderShipped&, int& shipped) {
  ++shipped;
  fmt::print("Shipped so far: {}\n", shipped);
}

void counter(Bus& bus) {
  for (int number = 1; number <= 4; ++number) {
    work(500ms);
    fmt::print("Order {} placed\n", number);
    bus.publish(OrderPlaced{number});
    fmt::print("Customer {} leaves\n", number);
  }
}

int main() {
  const auto start = steady_clock::now();

  Bus bus;
  int shipped = 0;
  bus.subscribe<OrderPlaced>(mailer);
  bus.subscribe<OrderPlaced>(
      [&](const auto& order) { printer(order, bus); });
  bus.subscribe<OrderShipped>(
      [&](const auto& order) { statistics(order, shipped); });
  counter(bus);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
