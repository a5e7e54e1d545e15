// RabbitMQ as a cluster of three, and the loss of one of its machines: the first broker, which
// leads the queue, is killed in the middle of a thousand messages, and never comes back. What to
// look for: what has been confirmed is safe in a quorum queue, and only in one.
#include <doctest/doctest.h>
#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <random>
#include <string>

#include "../../lessons/15-timeouts/wait_for.hpp"
#include "../../lessons/16-cancellation/task_group.hpp"
#include "../../lessons/25-rabbitmq/amqp.hpp"
#include "../../tools/servers/rabbitmq.hpp"
#include "repeat.hpp"
#include "round.hpp"

using namespace asio::experimental::awaitable_operators;

namespace {

using Clock = std::chrono::steady_clock;

const std::string queue = "numbers";

struct Cluster {
  explicit Cluster(asio::any_io_executor executor)
      : first(executor), second(executor, &first), third(executor, &first) {}

  asio::awaitable<void> start() {
    for (servers::RabbitMq* broker : {&first, &second, &third}) co_await broker->start();
  }

  servers::RabbitMq first;
  servers::RabbitMq second;
  servers::RabbitMq third;
};

// The headers of lesson 25 know one kind of queue only. Its leader is the broker that is asked.
void declare(const servers::RabbitMq& broker, const char* kind) {
  const auto state = amqp_new_connection();
  REQUIRE(amqp_socket_open(amqp_tcp_socket_new(state), "127.0.0.1", broker.port()) ==
          AMQP_STATUS_OK);
  amqp_login(state, "/", 0, AMQP_DEFAULT_FRAME_SIZE, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
  amqp_channel_open(state, 1);
  std::array<amqp_table_entry_t, 1> arguments{};
  arguments[0].key = amqp_cstring_bytes("x-queue-type");
  arguments[0].value.kind = AMQP_FIELD_KIND_UTF8;
  arguments[0].value.value.bytes = amqp_cstring_bytes(kind);
  amqp_queue_declare(state, 1, amqp_cstring_bytes(queue.c_str()), 0, 1, 0, 0,
                     {static_cast<int>(arguments.size()), arguments.data()});
  const auto answer = amqp_get_rpc_reply(state);
  CHECK(answer.reply_type == AMQP_RESPONSE_NORMAL);
  amqp_destroy_connection(state);
}

// When messages were confirmed.
struct Confirms {
  Clock::time_point last = Clock::now();
  Clock::duration longest_pause{};

  void note() {
    longest_pause = std::max(longest_pause, Clock::now() - last);
    last = Clock::now();
  }
};

// One of twenty.
asio::awaitable<void> publish(amqp::Client& client, Account& account, Confirms& confirms,
                              int& next) {
  while (next < Account::messages) {
    const int number = account.first() + next++;
    co_await client.publish("", queue, std::to_string(number));
    account.confirmed(number);
    confirms.note();
  }
}

asio::awaitable<void> publish_all(amqp::Client& client, Account& account, Confirms& confirms) {
  int next = 0;
  co_await with_task_group([&](TaskGroup& publishers) -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) publishers.start(publish(client, account, confirms, next));
    co_return;
  });
}

// Slower than any disk confirms, so that there are messages in the queue.
asio::awaitable<void> process(amqp::Client& client, Account& account) {
  asio::steady_timer work(co_await asio::this_coro::executor);
  for (;;) {
    const amqp::Message message = co_await client.receive();
    work.expires_after(std::chrono::milliseconds(5));
    co_await work.async_wait(asio::use_awaitable);
    account.processed(std::stoi(message.text));
    co_await client.acknowledge(message);
  }
}

asio::awaitable<void> lose_the_first(Cluster& cluster, Account& account, unsigned seed) {
  co_await account.wait_for_confirmed(50 + std::minstd_rand(seed)() % 600);
  cluster.first.process().end(SIGKILL, std::chrono::milliseconds(0));
}

// Ends when all messages have been confirmed and processed.
asio::awaitable<void> play(Cluster& cluster, Account& account, Confirms& confirms, unsigned seed) {
  const auto executor = co_await asio::this_coro::executor;
  const std::string url = "amqp://" + cluster.second.address();
  amqp::Client sends(executor, url,
                     [](amqp::Connection& connection) { connection.confirm_publishes(); });
  amqp::Client takes(executor, url,
                     [](amqp::Connection& connection) { connection.consume(queue, 20); });
  const auto all = [&]() -> asio::awaitable<void> {
    co_await (publish_all(sends, account, confirms) && lose_the_first(cluster, account, seed) &&
              account.wait_for_processed(Account::messages));
  };
  co_await (all() || sends.run() || takes.run() || process(takes, account));
}

// What comes of a thousand messages in a queue of this kind.
struct Outcome {
  std::string failure;  // why not all of them were processed
  std::size_t lost;     // of those that were confirmed
};

asio::awaitable<void> play_round(const char* kind, int round, Outcome& outcome) {
  const auto executor = co_await asio::this_coro::executor;
  Cluster cluster(executor);
  co_await cluster.start();
  declare(cluster.first, kind);
  Account account(executor, round * Account::messages);
  Confirms confirms;
  try {
    co_await wait_for(play(cluster, account, confirms, round), std::chrono::seconds(30));
  } catch (const std::exception& error) {
    outcome.failure = error.what();
  }
  outcome.lost = account.lost();
  fmt::print("{} queue {}: {}, for {:.1f} s no message was confirmed\n", kind, round,
             account.text(), std::chrono::duration<double>(confirms.longest_pause).count());
  std::fflush(stdout);
}

Outcome outcome_of(const char* kind, int round) {
  asio::io_context loop;
  Outcome outcome;
  asio::co_spawn(loop, play_round(kind, round, outcome), rethrow);
  loop.run();
  return outcome;
}

}  // namespace

TEST_CASE("a quorum queue still has what was confirmed, and confirms the rest") {
  for (int round = 1; round <= repetitions(); ++round) {
    const Outcome outcome = outcome_of("quorum", round);
    CHECK_MESSAGE(outcome.failure.empty(), outcome.failure);
    CHECK(outcome.lost == 0);
  }
}

TEST_CASE("another queue is lost with its machine") {
  const Outcome outcome = outcome_of("classic", 1);
  CHECK_MESSAGE(!outcome.failure.empty(), outcome.failure);
  CHECK(outcome.lost > 0);
}
