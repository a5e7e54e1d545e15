// Sends or takes messages with the headers of lesson 25: HOST:PORT send|take QUEUE COUNT LIMIT.
// Each is confirmed or acknowledged, and at most LIMIT are under way. Prints how many seconds the
// messages alone have taken.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>

#include "../../lessons/16-cancellation/task_group.hpp"
#include "../../lessons/25-rabbitmq/amqp.hpp"

using namespace asio::experimental::awaitable_operators;

struct Job {
  std::string url;
  std::string task;
  std::string queue;
  int count;
  int limit;
};

asio::awaitable<void> send(amqp::Client& broker, const Job& job, int& next) {
  while (next < job.count) {
    co_await broker.publish("", job.queue, fmt::format("message {:092}", next++));
  }
}

asio::awaitable<void> take(amqp::Client& broker, const Job& job, int& next) {
  while (next++ < job.count) {
    const amqp::Message message = co_await broker.receive();
    co_await broker.acknowledge(message);
  }
}

asio::awaitable<void> work(amqp::Client& broker, const Job& job) {
  co_await broker.connected();
  const auto start = std::chrono::steady_clock::now();
  int next = 0;
  co_await with_task_group([&](TaskGroup& tasks) -> asio::awaitable<void> {
    for (int i = 0; i < job.limit; ++i) {
      tasks.start(job.task == "send" ? send(broker, job, next) : take(broker, job, next));
    }
    co_return;
  });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{:.6f}\n", took.count());
  broker.close();
}

int main(int argc, char* argv[]) {
  if (argc != 6) return 2;
  const Job job{amqp::url(argv[1]), argv[2], argv[3], std::stoi(argv[4]), std::stoi(argv[5])};
  asio::io_context loop;
  amqp::Client broker(loop.get_executor(), job.url, [&](amqp::Connection& connection) {
    connection.declare_queue(job.queue);
    connection.confirm_publishes();
    if (job.task == "take") {
      connection.consume(job.queue, static_cast<std::uint16_t>(job.limit));
    }
  });
  asio::co_spawn(loop, broker.run() && work(broker, job), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
}
