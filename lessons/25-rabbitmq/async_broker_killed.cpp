// Eight orders, and after the fourth the broker is killed and
// started again. Look at what the tasks have to know of that.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <set>
#include <string>

#include "amqp.hpp"
#include "broker.hpp"
#include "orders.hpp"

using namespace asio::experimental::awaitable_operators;
using std::chrono::milliseconds;

asio::awaitable<void> place_orders(amqp::Client& client,
                                   int first, int last) {
  for (int number = first; number <= last; ++number) {
    const std::string order = std::to_string(number);
    co_await client.publish("", queue, order);
    print_line(fmt::format("Order {} confirmed", number));
  }
}

asio::awaitable<void> have_a_bad_day(amqp::Client& client,
                                     Broker& broker) {
  co_await place_orders(client, 1, 4);
  broker.process().end(SIGKILL);
  print_line("The broker is killed");
  co_await (broker.start() && place_orders(client, 5, 8));
  client.close();
}

// An order that comes again is known by its number.
asio::awaitable<void> cook_all(amqp::Client& client,
                               std::set<std::string>& cooked) {
  while (cooked.size() < 8) {
    const auto order = co_await client.receive();
    cooked.insert(order.text);
    co_await client.acknowledge(order);
  }
  client.close();
}

asio::awaitable<void> open() {
  const auto executor = co_await asio::this_coro::executor;
  Broker broker(executor);
  co_await broker.start();
  const std::string url = "amqp://" + broker.address();
  amqp::Client waiter(
      executor, url,
      [](amqp::Connection& connection) {
        connection.declare_queue(queue);
        connection.confirm_publishes();
      },
      [](const std::string&, milliseconds pause) {
        if (pause == milliseconds(100)) {
          print_line("The connection is lost");
        }
      });
  amqp::Client kitchen(executor, url,
                       [](amqp::Connection& connection) {
                         connection.declare_queue(queue);
                         connection.consume(queue, 2);
                       });
  std::set<std::string> cooked;
  co_await (waiter.run() && kitchen.run() &&
            have_a_bad_day(waiter, broker) &&
            cook_all(kitchen, cooked));
  print_line(fmt::format("Cooked: {} of 8", cooked.size()));
}

// What a task throws must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int, char* argv[]) {
  try {
    asio::io_context loop;
    asio::co_spawn(loop, open(), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
