// Prints each message of a queue, a line each, and then acknowledges it: URL QUEUE.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <cstdio>
#include <exception>

#include "../../lessons/25-rabbitmq/amqp.hpp"

using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> work(amqp::Client& broker) {
  for (;;) {
    const amqp::Message message = co_await broker.receive();
    fmt::print("{}\n", message.text);
    std::fflush(stdout);
    co_await broker.acknowledge(message);
  }
}

int main(int, char* argv[]) {
  asio::io_context loop;
  amqp::Client broker(loop.get_executor(), argv[1], [&](amqp::Connection& connection) {
    connection.declare_queue(argv[2]);
    connection.consume(argv[2], 20);
  });
  asio::co_spawn(loop, broker.run() && work(broker), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
}
