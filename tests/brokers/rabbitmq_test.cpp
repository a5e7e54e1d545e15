// RabbitMQ and the header of lesson 25, while things break: a thousand messages are published, two
// worker processes take them, and whatever was confirmed must have been processed.
#include <doctest/doctest.h>
#include <signal.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "../../lessons/15-timeouts/wait_for.hpp"
#include "../../lessons/16-cancellation/task_group.hpp"
#include "../../lessons/25-rabbitmq/amqp.hpp"
#include "../../lessons/25-rabbitmq/broker.hpp"
#include "round.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

constexpr int messages = Account::messages;
const std::string queue = "numbers";

// A thousand messages.
struct Round {
  Broker& broker;
  Relay& relay;
  std::string url;  // the relay's: it stands between the broker and all others
  int first;
  std::minstd_rand random;
  std::shared_ptr<Account> account;
  std::vector<std::unique_ptr<Worker>> workers;

  void start_worker(asio::any_io_executor executor) {
    std::vector<std::string> command{WORKER, url, queue};
    workers.push_back(std::make_unique<Worker>(executor, command, account));
  }
};

using Fault = std::function<asio::awaitable<void>(Round&)>;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

// One of twenty.
asio::awaitable<void> publish(amqp::Client& client, Round& round, int& next) {
  while (next < messages) {
    const int number = round.first + next++;
    co_await client.publish("", queue, std::to_string(number));
    round.account->confirmed(number);
  }
}

asio::awaitable<void> publish_all(amqp::Client& client, Round& round) {
  int next = 0;
  co_await with_task_group([&](TaskGroup& publishers) -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) publishers.start(publish(client, round, next));
    co_return;
  });
  client.close();
}

// What remains to be done after the fault; it has a minute for it.
asio::awaitable<void> recover(Round& round) {
  co_await (round.account->wait_for_confirmed(messages) &&
            round.account->wait_for_processed(messages));
}

asio::awaitable<void> break_it(Round& round, const Fault& fault) {
  co_await round.account->wait_for_confirmed(50 + round.random() % 600);
  co_await fault(round);
  co_await wait_for(recover(round), 60s);
}

asio::awaitable<void> play(Round& round, const Fault& fault) {
  const auto executor = co_await asio::this_coro::executor;
  amqp::Client client(
      executor, round.url,
      [](amqp::Connection& connection) {
        connection.declare_queue(queue);
        connection.confirm_publishes();
      },
      [](const std::string& why, amqp::milliseconds pause) {
        fmt::print(stderr, "Publisher: {}; again in {} ms\n", why, pause.count());
      });
  round.start_worker(executor);
  round.start_worker(executor);
  co_await (client.run() && publish_all(client, round) && break_it(round, fault));
}

// What is confirmed is on disk, and so are its queues, but for those of the last moments:
// RabbitMQ 3.10 answers to a declaration before it is. It is, when the broker has ended in order.
asio::awaitable<void> start_with_queue(Broker& broker) {
  co_await broker.start();
  amqp::Connection("amqp://" + broker.address()).declare_queue(queue);
  broker.process().end(SIGTERM);
  co_await broker.start();
}

asio::awaitable<void> play_rounds(std::string name, Fault fault) {
  const auto executor = co_await asio::this_coro::executor;
  Broker broker(executor);
  co_await start_with_queue(broker);
  Relay relay(executor, broker.port());
  for (int number = 1; number <= rounds(); ++number) {
    Round round{broker,
                relay,
                fmt::format("amqp://127.0.0.1:{}", relay.port()),
                number * messages,
                std::minstd_rand(number),
                std::make_shared<Account>(executor, number * messages),
                {}};
    std::string failure;
    const auto start = std::chrono::steady_clock::now();
    try {
      co_await play(round, fault);
    } catch (const std::exception& error) {
      amqp::Connection connection("amqp://" + broker.address());
      failure = fmt::format("{}; {} are ready in the queue", error.what(),
                            connection.declare_queue(queue));
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    fmt::print("{} {}: {}, in {:.1f} s\n", name, number, round.account->text(), took.count());
    std::fflush(stdout);
    CHECK_MESSAGE(failure.empty(), failure);
    CHECK(round.account->lost() == 0);
  }
}

void test(const std::string& name, const Fault& fault) {
  asio::io_context loop;
  asio::co_spawn(loop, play_rounds(name, fault), rethrow);
  loop.run();
}

}  // namespace

TEST_CASE("the broker is killed and started again" * doctest::test_suite("broker-killed")) {
  test("broker killed", [](Round& round) -> asio::awaitable<void> {
    round.broker.process().end(SIGKILL);
    co_await round.broker.start();
  });
}

TEST_CASE("the broker is stopped for five seconds" * doctest::test_suite("broker-stopped")) {
  test("broker stopped", [](Round& round) -> asio::awaitable<void> {
    round.broker.process().send(SIGSTOP);
    co_await pause(5s);
    round.broker.process().send(SIGCONT);
  });
}

TEST_CASE("all connections are cut, three times" * doctest::test_suite("connection-cut")) {
  test("connection cut", [](Round& round) -> asio::awaitable<void> {
    std::size_t connections = 0;
    for (int cut = 0; cut < 3; ++cut) {
      connections += round.relay.cut();
      co_await pause(std::chrono::milliseconds(round.random() % 300));
    }
    CHECK(connections > 0);
  });
}

TEST_CASE("one of two workers is killed" * doctest::test_suite("worker-killed")) {
  test("worker killed", [](Round& round) -> asio::awaitable<void> {
    round.workers.front()->end();
    co_return;
  });
}
