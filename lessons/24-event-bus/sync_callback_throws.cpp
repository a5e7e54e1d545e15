// A trap: an address is missing, and the mailer throws. Look at
// who hears of it, and which label is never printed.
#include <fmt/core.h>

#include <exception>
#include <stdexcept>

#include "callbacks.hpp"
#include "orders.hpp"

using Bus = CallbackBus<OrderPlaced>;

void mailer(const OrderPlaced& order) {
  if (order.number == 2) {
    throw std::runtime_error("the customer has no address");
  }
  fmt::print("Mail for order {}\n", order.number);
}

void printer(const OrderPlaced& order) {
  fmt::print("Label for order {}\n", order.number);
}

void counter(Bus& bus) {
  for (int number = 1; number <= 3; ++number) {
    fmt::print("Order {} placed\n", number);
    try {
      bus.publish(OrderPlaced{number});
    } catch (const std::exception& error) {
      fmt::print("Counter: {}\n", error.what());
    }
  }
}

int main() {
  Bus bus;
  bus.subscribe<OrderPlaced>(mailer);
  bus.subscribe<OrderPlaced>(printer);
  counter(bus);
}
