// Eight orders, and after the fourth the broker is killed and
// started again. Look at which parts have to know of it.
#include <fmt/core.h>
#include <signal.h>
#include <sys/types.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <set>
#include <string>

#include "amqp.hpp"
#include "orders.hpp"

using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> place_orders(amqp::Client& client,
                                   int first, int last) {
  for (int number = first; number <= last; ++number) {
    const std::string order = std::to_string(number);
    co_await client.publish("", queue, order);
    print_line(fmt::format("Order {} confirmed", number));
  }
}

// `lost` is set when the connection is lost.
asio::awaitable<void> have_a_bad_day(amqp::Client& client,
                                     pid_t server,
                                     Future<bool>& lost) {
  co_await client.connected();
  asio::steady_timer opened(co_await asio::this_coro::executor,
                            std::chrono::seconds(3));
  co_await opened.async_wait(asio::use_awaitable);
  co_await place_orders(client, 1, 4);
  kill(server, SIGUSR1);  // it kills the broker
  co_await lost.wait();
  print_line("The connection is lost");
  co_await place_orders(client, 5, 8);
  client.close();
}

// An order that comes again is recognised by its number.
asio::awaitable<void> cook_all(amqp::Client& client,
                               std::set<std::string>& cooked) {
  while (cooked.size() < 8) {
    const auto order = co_await client.receive();
    cooked.insert(order.text);
    co_await client.acknowledge(order);
  }
  client.close();
}

asio::awaitable<void> open(std::string url, pid_t server) {
  const auto executor = co_await asio::this_coro::executor;
  Future<bool> lost(executor);
  amqp::Client waiter(
      executor, url,
      [](amqp::Connection& broker) {
        broker.declare_queue(queue);
        broker.confirm_publishes();
      },
      [&](const std::string&, amqp::milliseconds) {
        if (!lost.done()) lost.set_result(true);
      });
  amqp::Client kitchen(executor, url,
                       [](amqp::Connection& broker) {
                         broker.declare_queue(queue);
                         broker.consume(queue, 2);
                       });
  std::set<std::string> cooked;
  co_await (waiter.run() && kitchen.run() &&
            have_a_bad_day(waiter, server, lost) &&
            cook_all(kitchen, cooked));
  print_line(fmt::format("Cooked: {} of 8", cooked.size()));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  if (argc != 3) {
    fmt::print(stderr, "Usage: {} HOST:PORT PROCESS\n", argv[0]);
    return 2;
  }
  try {
    const std::string url = std::string("amqp://") + argv[1];
    asio::io_context loop;
    asio::co_spawn(loop, open(url, std::stoi(argv[2])), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], error.what());
    return 1;
  }
}
