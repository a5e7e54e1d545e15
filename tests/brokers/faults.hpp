// The faults that every broker must survive, and the test of one: some rounds of a thousand
// messages, each with the fault in the middle.
#pragma once

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <signal.h>

#include <asio.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "../../lessons/15-timeouts/wait_for.hpp"
#include "repeat.hpp"
#include "round.hpp"
#include "stop.hpp"

// What a fault can reach. `Broker` is one of tools/servers.
template <typename Broker>
struct Round {
  Broker& broker;
  Relay& relay;  // between the broker and its clients
  int number;    // from 1 on
  std::shared_ptr<Account> account;
  std::minstd_rand random{static_cast<unsigned>(number)};
  std::vector<std::unique_ptr<Worker>> workers = {};

  void start_worker(asio::any_io_executor executor, const std::vector<std::string>& command) {
    workers.push_back(std::make_unique<Worker>(executor, command, account));
  }
};

template <typename Broker>
using Fault = std::function<asio::awaitable<void>(Round<Broker>&)>;

inline asio::awaitable<void> pause_for(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

template <typename Broker>
asio::awaitable<void> kill_broker(Round<Broker>& round) {
  round.broker.process().end(SIGKILL, std::chrono::milliseconds(0));
  co_await round.broker.start();
}

template <typename Broker>
asio::awaitable<void> stop_broker(Round<Broker>& round) {
  stop(round.broker.process());
  co_await pause_for(std::chrono::seconds(5));
  round.broker.process().send(SIGCONT);
}

template <typename Broker>
asio::awaitable<void> cut_connections(Round<Broker>& round) {
  std::size_t connections = 0;
  for (int cut = 0; cut < 3; ++cut) {
    connections += round.relay.cut();
    co_await pause_for(std::chrono::milliseconds(round.random() % 300));
  }
  CHECK(connections > 0);
}

template <typename Broker>
asio::awaitable<void> kill_worker(Round<Broker>& round) {
  round.workers.front()->end();
  co_return;
}

// When some of the messages are on their way.
template <typename Broker>
asio::awaitable<void> break_it(Round<Broker>& round, const Fault<Broker>& fault) {
  co_await round.account->wait_for_confirmed(50 + round.random() % 600);
  co_await fault(round);
}

// How one broker is tested.
template <typename Broker>
struct FaultTest {
  std::function<asio::awaitable<void>(Broker&)> start;
  // One round. It is over when all messages have been processed.
  std::function<asio::awaitable<void>(Round<Broker>&, const Fault<Broker>&)> play;
  // Further information about a round that failed.
  std::function<std::string(Broker&)> what_is_left = [](Broker&) { return std::string(); };

  // As many rounds as REPEAT says.
  void run(const std::string& name, const Fault<Broker>& fault) const {
    asio::io_context loop;
    asio::co_spawn(loop, play_rounds(name, fault), rethrow);
    loop.run();
  }

 private:
  asio::awaitable<void> play_rounds(const std::string& name, const Fault<Broker>& fault) const {
    const auto executor = co_await asio::this_coro::executor;
    Broker broker(executor);
    co_await start(broker);
    Relay relay(executor, broker.port());
    for (int number = 1; number <= repetitions(); ++number) {
      const auto account = std::make_shared<Account>(executor, number * Account::messages);
      Round<Broker> round{broker, relay, number, account};
      std::string failure;
      const auto begin = std::chrono::steady_clock::now();
      try {
        co_await wait_for(play(round, fault), std::chrono::minutes(1));  // it takes seconds
      } catch (const std::exception& error) {
        failure = error.what() + what_is_left(broker);
      }
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
      fmt::print("{} {}: {}, in {:.1f} s\n", name, number, account->text(), took.count());
      std::fflush(stdout);
      CHECK_MESSAGE(failure.empty(), failure);
      CHECK(account->lost() == 0);
    }
  }
};
