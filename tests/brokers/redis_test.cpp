// Redis and the headers of lesson 26, while things break: a thousand messages are published, two
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
#include "../../lessons/26-redis/broker.hpp"
#include "../../lessons/26-redis/stream.hpp"
#include "round.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

constexpr int messages = Account::messages;

// A thousand messages, with a stream of their own.
struct Round {
  Broker& broker;
  Relay& relay;
  std::string address;  // the relay's: it stands between the broker and all others
  std::string stream;
  std::minstd_rand random;
  std::shared_ptr<Account> account;
  std::vector<std::unique_ptr<Worker>> workers;

  void start_worker(asio::any_io_executor executor) {
    const std::string name = fmt::format("worker-{}", workers.size());
    std::vector<std::string> command{WORKER, address, stream, name};
    workers.push_back(std::make_unique<Worker>(executor, command, account));
  }
};

using Fault = std::function<asio::awaitable<void>(Round&)>;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

// One of twenty.
asio::awaitable<void> publish(redis::Stream& stream, Round& round, int& next) {
  while (next < messages) {
    const int number = next++;
    const std::string text = std::to_string(number);
    co_await stream.publish(text);
    round.account->confirmed(number);
  }
}

asio::awaitable<void> publish_all(Round& round) {
  const auto executor = co_await asio::this_coro::executor;
  redis::StreamSettings settings;
  settings.stream = round.stream;
  const redis::Report report = [](const std::string& trouble) {
    if (!trouble.empty()) fmt::print(stderr, "Publisher: {}\n", trouble);
  };
  redis::Stream stream(executor, redis::parse_address(round.address), settings, report);
  int next = 0;
  co_await with_task_group([&](TaskGroup& publishers) -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) publishers.start(publish(stream, round, next));
    co_return;
  });
}

asio::awaitable<void> break_it(Round& round, const Fault& fault) {
  co_await round.account->wait_for_confirmed(50 + round.random() % 600);
  co_await fault(round);
}

asio::awaitable<void> play(Round& round, const Fault& fault) {
  const auto executor = co_await asio::this_coro::executor;
  round.start_worker(executor);
  round.start_worker(executor);
  co_await (publish_all(round) && break_it(round, fault));
  co_await round.account->wait_for_processed(messages);
}

// A round that takes a minute has failed: it takes seconds.
asio::awaitable<void> play_rounds(std::string name, Fault fault) {
  const auto executor = co_await asio::this_coro::executor;
  Broker broker(executor);
  co_await broker.start();
  Relay relay(executor, broker.port());
  for (int number = 1; number <= rounds(); ++number) {
    Round round{broker,
                relay,
                fmt::format("127.0.0.1:{}", relay.port()),
                fmt::format("numbers-{}", number),
                std::minstd_rand(number),
                std::make_shared<Account>(executor, 0),
                {}};
    std::string failure;
    const auto start = std::chrono::steady_clock::now();
    try {
      co_await wait_for(play(round, fault), 60s);
    } catch (const std::exception& error) {
      failure = error.what();
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
