// Four orders go through RabbitMQ to a kitchen. Look at where
// the thread waits, and what it knows after each wait.
#include <fmt/core.h>

#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

#include "connection.hpp"
#include "orders.hpp"

// Blocks until the broker has the order on disk.
void place_order(amqp::Connection& broker,
                 std::string_view dish) {
  broker.publish("", queue, dish);
  const auto word = broker.next({60, 0});
  const auto confirmed = amqp::Fate::confirmed;
  if (!word || std::get<amqp::Confirm>(*word).fate != confirmed) {
    throw amqp::Lost("the order was not confirmed");
  }
}

void take_orders(const std::string& url) {
  amqp::Connection broker(url);
  broker.declare_queue(queue);
  broker.confirm_publishes();
  for (const auto dish : dishes) place_order(broker, dish);
  print_line("Four orders confirmed");
}

void cook(amqp::Connection& broker) {
  const auto event = broker.next({60, 0});
  if (!event) throw amqp::Lost("no order has come");
  const auto& order = std::get<amqp::Delivery>(*event);
  print_line("Start " + order.text);
  std::this_thread::sleep_for(cooking_time(order.text));
  print_line("Serve " + order.text);
  broker.acknowledge(order.tag);
}

void open_kitchen(const std::string& url) {
  amqp::Connection broker(url);
  broker.declare_queue(queue);
  broker.consume(queue, 1);
  for (std::size_t i = 0; i < dishes.size(); ++i) cook(broker);
}

int main(int argc, char* argv[]) {
  if (argc != 2) {
    fmt::print(stderr, "Usage: {} HOST:PORT\n", argv[0]);
    return 2;
  }
  try {
    const std::string url = amqp::url(argv[1]);
    take_orders(url);
    open_kitchen(url);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], error.what());
    return 1;
  }
}
