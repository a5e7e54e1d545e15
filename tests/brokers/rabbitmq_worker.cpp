// Prints each message of a queue, a line each, and acknowledges it a moment later: URL QUEUE.
#include <fmt/core.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "../../lessons/25-rabbitmq/amqp.hpp"

using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> work(amqp::Client& broker) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    const amqp::Message message = co_await broker.receive();
    fmt::print("{}\n", message.text);
    std::fflush(stdout);
    timer.expires_after(std::chrono::milliseconds(1));
    co_await timer.async_wait(asio::use_awaitable);
    co_await broker.acknowledge(message);
  }
}

int main(int, char* argv[]) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // the test may be killed
  asio::io_context loop;
  amqp::Client broker(
      loop.get_executor(), argv[1],
      [&](amqp::Connection& connection) {
        connection.declare_queue(argv[2]);
        connection.consume(argv[2], 20);
      },
      [](const std::string& why, amqp::milliseconds pause) {
        fmt::print(stderr, "Worker {}: {}; again in {} ms\n", getpid(), why, pause.count());
      });
  asio::co_spawn(loop, broker.run() && work(broker), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
}
