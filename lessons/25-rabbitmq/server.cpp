// Runs a RabbitMQ beside the lesson's programs. It prints its
// address when it is ready, and ends it at SIGTERM.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "broker.hpp"

asio::awaitable<void> serve(asio::signal_set& signals) {
  using namespace asio::experimental::awaitable_operators;
  Broker broker(co_await asio::this_coro::executor);
  const auto started = co_await (
      broker.start() || signals.async_wait(asio::use_awaitable));
  if (started.index() == 1) co_return;
  fmt::print("{}\n", broker.address());
  std::fflush(stdout);
  const auto end =
      co_await (broker.process().wait_until_ended() ||
                signals.async_wait(asio::use_awaitable));
  if (end.index() == 0) {
    throw std::runtime_error("RabbitMQ ended by itself");
  }
}

// What a task throws must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int, char* argv[]) {
  try {
    asio::io_context loop;
    asio::signal_set signals(loop, SIGTERM, SIGINT);
    asio::co_spawn(loop, serve(signals), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
