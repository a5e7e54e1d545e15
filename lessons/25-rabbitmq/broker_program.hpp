// Runs a broker beside a lesson's programs. It prints its
// address when it is ready, and ends it at SIGTERM. At SIGUSR1
// it kills it, and starts it again.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <variant>

#include "../22-echo-server/print_line.hpp"

// (With ||, a side that throws would wait for the other one.)
template <typename Broker>
asio::awaitable<std::exception_ptr> failure_to_start(
    Broker& broker) {
  std::exception_ptr failure;
  try {
    co_await broker.start();
  } catch (...) {
    failure = std::current_exception();
  }
  co_return failure;
}

// False if there is a signal to end meanwhile.
template <typename Broker>
asio::awaitable<bool> start(Broker& broker,
                            asio::signal_set& signals) {
  using namespace asio::experimental::awaitable_operators;
  const auto first =
      co_await (failure_to_start(broker) ||
                signals.async_wait(asio::use_awaitable));
  if (first.index() == 1) co_return false;
  if (std::get<0>(first)) {
    std::rethrow_exception(std::get<0>(first));
  }
  co_return true;
}

template <typename Broker>
asio::awaitable<void> serve(asio::signal_set& signals,
                            std::string name) {
  using namespace asio::experimental::awaitable_operators;
  Broker broker(co_await asio::this_coro::executor);
  if (!co_await start(broker, signals)) co_return;
  print_line(broker.address());
  for (;;) {
    const auto first =
        co_await (broker.process().wait_until_ended() ||
                  signals.async_wait(asio::use_awaitable));
    const int* signal = std::get_if<int>(&first);
    if (signal == nullptr) {
      throw std::runtime_error(name + " ended by itself");
    }
    if (*signal != SIGUSR1) co_return;
    broker.process().end(SIGKILL);
    print_line("The broker is killed");
    if (!co_await start(broker, signals)) co_return;
    print_line("The broker is back");
  }
}

// What a task throws must not get lost: it ends the program.
inline void rethrow_from_broker(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

template <typename Broker>
int run_broker(const std::string& name, char* argv[]) {
  try {
    asio::io_context loop;
    asio::signal_set signals(loop, SIGTERM, SIGINT, SIGUSR1);
    asio::co_spawn(loop, serve<Broker>(signals, name),
                   rethrow_from_broker);
    loop.run();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
