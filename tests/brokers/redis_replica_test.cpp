// Redis with a replica in another room, and the loss of the first machine: it is killed in the
// middle of a thousand entries, and never comes back. What to look for: what the first Redis has
// confirmed the second need not have, unless it was asked to WAIT for that.
#include <doctest/doctest.h>
#include <fmt/core.h>
#include <signal.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <random>
#include <string>

#include "../../lessons/15-timeouts/wait_for.hpp"
#include "../../lessons/16-cancellation/task_group.hpp"
#include "../../lessons/26-redis/reconnecting.hpp"
#include "../../tools/servers/redis.hpp"
#include "repeat.hpp"
#include "round.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

const std::string stream = "numbers";

// When an entry counts as confirmed.
enum class Confirmed { by_one, by_both };

struct Pair {
  explicit Pair(asio::any_io_executor executor)
      : first(executor), second(executor), cable(executor, first.port(), 20ms) {}

  servers::Redis first;
  servers::Redis second;
  Relay cable;  // from the second to the first
};

redis::Reconnecting client_of(asio::any_io_executor executor, const servers::Redis& server) {
  return {executor, redis::parse_address(server.address()), {}};
}

// Returns when the second has a first entry.
asio::awaitable<void> start(Pair& pair) {
  const auto executor = co_await asio::this_coro::executor;
  co_await pair.first.start();
  co_await pair.second.start();
  auto first = client_of(executor, pair.first);
  auto second = client_of(executor, pair.second);
  // (By default a replica gets its first copy after five seconds, so that others may join it.)
  co_await first.command("CONFIG", "SET", "repl-diskless-sync-delay", 0);
  co_await second.command("REPLICAOF", "127.0.0.1", pair.cable.port());
  co_await first.command("XADD", stream, "*", "number", 0);
  co_await first.command("WAIT", 1, 0);
}

// One of twenty.
asio::awaitable<void> publish(redis::Reconnecting& first, Confirmed when, Account& account,
                              int& next) {
  while (next < Account::messages) {
    const int number = account.first() + next++;
    co_await first.command("XADD", stream, "*", "number", number);
    if (when == Confirmed::by_both) co_await first.command("WAIT", 1, 0);
    account.confirmed(number);
  }
}

asio::awaitable<void> publish_all(Pair& pair, Confirmed when, Account& account) {
  auto first = client_of(co_await asio::this_coro::executor, pair.first);
  int next = 0;
  co_await with_task_group([&](TaskGroup& publishers) -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) publishers.start(publish(first, when, account, next));
    co_return;
  });
}

asio::awaitable<void> lose_the_first(Pair& pair, Account& account, unsigned seed) {
  co_await account.wait_for_confirmed(50 + std::minstd_rand(seed)() % 600);
  pair.first.process().end(SIGKILL, 0ms);
  pair.cable.cut();
}

// What the second has, and would go on with.
asio::awaitable<void> count(Pair& pair, Account& account) {
  auto second = client_of(co_await asio::this_coro::executor, pair.second);
  co_await second.command("REPLICAOF", "NO", "ONE");
  const redis::Reply entries = co_await second.command("XRANGE", stream, "-", "+");
  for (const redis::Reply& entry : entries.items) {
    account.processed(std::stoi(entry.items.at(1).items.at(1).text));
  }
}

asio::awaitable<void> play_round(Confirmed when, int round, std::size_t& lost) {
  const auto executor = co_await asio::this_coro::executor;
  Pair pair(executor);
  co_await start(pair);
  Account account(executor, round * Account::messages);
  co_await (publish_all(pair, when, account) || lose_the_first(pair, account, round));
  co_await count(pair, account);
  lost = account.lost();
  fmt::print("confirmed by {} {}: {}\n", when == Confirmed::by_one ? "one" : "both", round,
             account.text());
  std::fflush(stdout);
}

std::size_t lost_in_a_round(Confirmed when, int round) {
  asio::io_context loop;
  std::size_t lost = 0;
  asio::co_spawn(loop, wait_for(play_round(when, round, lost), std::chrono::minutes(1)), rethrow);
  loop.run();
  return lost;
}

}  // namespace

TEST_CASE("what both have confirmed is safe") {
  for (int round = 1; round <= repetitions(); ++round) {
    CHECK(lost_in_a_round(Confirmed::by_both, round) == 0);
  }
}

TEST_CASE("what only one has confirmed can be lost with it") {
  CHECK(lost_in_a_round(Confirmed::by_one, 1) > 0);
}
