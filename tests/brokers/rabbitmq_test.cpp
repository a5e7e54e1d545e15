// RabbitMQ and the header of lesson 25, while things break: a thousand messages are published, two
// worker processes take them, and whatever was confirmed must have been processed.
#include <doctest/doctest.h>
#include <signal.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "../../lessons/16-cancellation/task_group.hpp"
#include "../../lessons/25-rabbitmq/amqp.hpp"
#include "../../tools/servers/rabbitmq.hpp"
#include "faults.hpp"
#include "round.hpp"
#include "server.hpp"

using namespace asio::experimental::awaitable_operators;

using Broker = servers::RabbitMq;

namespace {

const std::string queue = "numbers";

// One of twenty.
asio::awaitable<void> publish(amqp::Client& client, Account& account, int& next) {
  while (next < Account::messages) {
    const int number = account.first() + next++;
    co_await client.publish("", queue, std::to_string(number));
    account.confirmed(number);
  }
}

asio::awaitable<void> publish_all(amqp::Client& client, Account& account) {
  int next = 0;
  co_await with_task_group([&](TaskGroup& publishers) -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) publishers.start(publish(client, account, next));
    co_return;
  });
  client.close();
}

asio::awaitable<void> play(Round<Broker>& round, const Fault<Broker>& fault) {
  const auto executor = co_await asio::this_coro::executor;
  const std::string url = fmt::format("amqp://127.0.0.1:{}", round.relay.port());
  amqp::Client client(
      executor, url,
      [](amqp::Connection& connection) {
        connection.declare_queue(queue);
        connection.confirm_publishes();
      },
      [](const std::string& why, amqp::milliseconds pause) {
        fmt::print(stderr, "Publisher: {}; again in {} ms\n", why, pause.count());
      });
  const std::vector<std::string> worker{WORKER, url, queue};
  for (int i = 0; i < 2; ++i) round.start_worker(executor, worker);
  co_await (client.run() && publish_all(client, *round.account) && break_it(round, fault));
  co_await round.account->wait_for_processed(Account::messages);
}

// Confirmed messages are on disk, and so are their queues, except the most recent ones: RabbitMQ
// 3.10 answers a declaration before the queue is on disk. It is there once the broker has ended in
// order.
asio::awaitable<void> start_with_queue(Broker& broker) {
  co_await broker.start();
  amqp::Connection("amqp://" + broker.address()).declare_queue(queue);
  broker.process().end(SIGTERM, std::chrono::seconds(8));
  co_await broker.start();
}

std::string what_is_left(Broker& broker) {
  amqp::Connection connection("amqp://" + broker.address());
  return fmt::format("; {} are ready in the queue", connection.declare_queue(queue));
}

const FaultTest<Broker> test{start_with_queue, play, what_is_left};

// The broker, its helpers, and its name service.
bool is_complete(std::size_t processes) {
  return processes > 2;
}

}  // namespace

TEST_CASE("the broker is killed and started again" * doctest::test_suite("broker-killed")) {
  test.run("broker killed", kill_broker<Broker>);
}

TEST_CASE("the broker is stopped for five seconds" * doctest::test_suite("broker-stopped")) {
  test.run("broker stopped", stop_broker<Broker>);
}

TEST_CASE("all connections are cut, three times" * doctest::test_suite("connection-cut")) {
  test.run("connection cut", cut_connections<Broker>);
}

TEST_CASE("one of two workers is killed" * doctest::test_suite("worker-killed")) {
  test.run("worker killed", kill_worker<Broker>);
}

TEST_CASE("told to end the server leaves nothing" * doctest::test_suite("server")) {
  SUBCASE("by SIGTERM") {
    check_that_nothing_is_left("servers/rabbitmq", is_complete, SIGTERM);
  }
  SUBCASE("by Ctrl-C") {
    check_that_nothing_is_left("servers/rabbitmq", is_complete, SIGINT);
  }
}

TEST_CASE("killed, it takes the broker along" * doctest::test_suite("server")) {
  check_that_all_ends("servers/rabbitmq", is_complete);
}

TEST_CASE("when its parent is killed nothing is left" * doctest::test_suite("server")) {
  check_that_it_ends_with_its_parent("servers/rabbitmq", is_complete);
}

TEST_CASE("killed by SIGUSR1 it comes back" * doctest::test_suite("server")) {
  check_that_it_comes_back("servers/rabbitmq");
}
