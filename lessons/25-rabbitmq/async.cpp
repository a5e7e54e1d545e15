// Four orders go through RabbitMQ to a kitchen with two cooks.
// Look at what happens while one task waits.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <string>
#include <string_view>

#include "amqp.hpp"
#include "orders.hpp"

using namespace asio::experimental::awaitable_operators;

// Waits until the broker has the order on disk.
asio::awaitable<void> place_order(amqp::Client& broker,
                                  std::string_view dish) {
  co_await broker.publish("", queue, std::string(dish));
}

asio::awaitable<void> place_orders(amqp::Client& broker) {
  co_await (place_order(broker, dishes[0]) &&
            place_order(broker, dishes[1]) &&
            place_order(broker, dishes[2]) &&
            place_order(broker, dishes[3]));
  print_line("Four orders confirmed");
  broker.close();
}

asio::awaitable<void> take_orders(const std::string& url) {
  const auto set_up = [](amqp::Connection& broker) {
    broker.declare_queue(queue);
    broker.confirm_publishes();
  };
  amqp::Client broker(co_await asio::this_coro::executor, url,
                      set_up);
  co_await (broker.run() && place_orders(broker));
}

// `left`: how many orders no cook has begun.
asio::awaitable<void> cook(amqp::Client& broker, int& left) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (left-- > 0) {
    const auto order = co_await broker.receive();
    print_line("Start " + order.text);
    timer.expires_after(cooking_time(order.text));
    co_await timer.async_wait(asio::use_awaitable);
    print_line("Serve " + order.text);
    co_await broker.acknowledge(order);
  }
}

asio::awaitable<void> cook_all(amqp::Client& broker) {
  int left = static_cast<int>(dishes.size());
  co_await (cook(broker, left) && cook(broker, left));
  broker.close();
}

asio::awaitable<void> open_kitchen(const std::string& url) {
  const auto set_up = [](amqp::Connection& broker) {
    broker.declare_queue(queue);
    broker.consume(queue, 2);
  };
  amqp::Client broker(co_await asio::this_coro::executor, url,
                      set_up);
  co_await (broker.run() && cook_all(broker));
}

asio::awaitable<void> open(std::string url) {
  co_await take_orders(url);
  co_await open_kitchen(url);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  if (argc != 2) {
    fmt::print(stderr, "Usage: {} HOST:PORT\n", argv[0]);
    return 2;
  }
  try {
    asio::io_context loop;
    asio::co_spawn(loop, open(amqp::url(argv[1])), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], error.what());
    return 1;
  }
}
