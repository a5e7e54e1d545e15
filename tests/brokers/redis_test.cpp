// Redis and the headers of lesson 26, while things break: a thousand messages are published, two
// worker processes take them, and whatever was confirmed must have been processed.
#include <doctest/doctest.h>
#include <signal.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "../../lessons/16-cancellation/task_group.hpp"
#include "../../lessons/26-redis/stream.hpp"
#include "../../tools/servers/redis.hpp"
#include "faults.hpp"
#include "round.hpp"
#include "server.hpp"

using namespace asio::experimental::awaitable_operators;

using Broker = servers::Redis;

namespace {

// One of twenty.
asio::awaitable<void> publish(redis::Stream& stream, Account& account, int& next) {
  while (next < Account::messages) {
    const int number = account.first() + next++;
    const std::string text = std::to_string(number);
    co_await stream.publish(text);
    account.confirmed(number);
  }
}

// `name`: each round has its own stream.
asio::awaitable<void> publish_all(const std::string& address, const std::string& name,
                                  Account& account) {
  const auto executor = co_await asio::this_coro::executor;
  redis::StreamSettings settings;
  settings.stream = name;
  const redis::Report report = [](const std::string& trouble) {
    if (!trouble.empty()) fmt::print(stderr, "Publisher: {}\n", trouble);
  };
  redis::Stream stream(executor, redis::parse_address(address), settings, report);
  int next = 0;
  co_await with_task_group([&](TaskGroup& publishers) -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) publishers.start(publish(stream, account, next));
    co_return;
  });
}

asio::awaitable<void> play(Round<Broker>& round, const Fault<Broker>& fault) {
  const auto executor = co_await asio::this_coro::executor;
  const std::string address = fmt::format("127.0.0.1:{}", round.relay.port());
  const std::string stream = fmt::format("numbers-{}", round.number);
  for (int i = 0; i < 2; ++i) {
    const std::vector<std::string> worker{WORKER, address, stream, fmt::format("worker-{}", i)};
    round.start_worker(executor, worker);
  }
  co_await (publish_all(address, stream, *round.account) && break_it(round, fault));
  co_await round.account->wait_for_processed(Account::messages);
}

asio::awaitable<void> start(Broker& broker) {
  co_await broker.start();
}

const FaultTest<Broker> test{start, play};

bool is_complete(std::size_t processes) {
  return processes == 1;
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
    check_that_nothing_is_left("servers/redis", is_complete, SIGTERM);
  }
  SUBCASE("by Ctrl-C") {
    check_that_nothing_is_left("servers/redis", is_complete, SIGINT);
  }
}

TEST_CASE("killed, it takes the broker along" * doctest::test_suite("server")) {
  check_that_all_ends("servers/redis", is_complete);
}

TEST_CASE("when its parent is killed nothing is left" * doctest::test_suite("server")) {
  check_that_it_ends_with_its_parent("servers/redis", is_complete);
}

TEST_CASE("killed by SIGUSR1 it comes back" * doctest::test_suite("server")) {
  check_that_it_comes_back("servers/redis");
}
