// A process that kafka_test.py starts, and kills: a producer of numbers, or a member of a group
// that reads them. It prints what it has done, and writes each line before it goes on.
//   kafka_member CLUSTER send COUNT    prints each number that the cluster has confirmed
//   kafka_member CLUSTER flow          the same, without an end: 250 per second
//   kafka_member CLUSTER work GROUP    prints "has COUNT" when it gets partitions, and each number
//                                      that it has dealt with, and then commits it; leaves the
//                                      group at SIGTERM
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "../../lessons/27-kafka/kafka.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

void print_line(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// The test takes the broker away on purpose.
void keep_quiet(const std::string&) {}

asio::awaitable<void> send(std::string cluster, int count, std::chrono::milliseconds pause) {
  auto executor = co_await asio::this_coro::executor;
  kafka::Producer producer(executor, kafka::producing(cluster));
  producer.on_trouble(keep_quiet);
  asio::steady_timer timer(executor);
  for (int number = 1; number <= count; ++number) {
    const std::string text = std::to_string(number);
    co_await producer.send("orders", text, text);
    print_line(text);
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> process(kafka::Consumer& consumer) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    const auto message = co_await consumer.receive();
    timer.expires_after(std::chrono::milliseconds(2));  // the work
    co_await timer.async_wait(asio::use_awaitable);
    print_line(message.text);
    try {
      co_await consumer.commit(message);
    } catch (const kafka::Error&) {
      // The partition now belongs to another member, or the broker is away: the message comes
      // again.
    }
  }
}

asio::awaitable<void> work(std::string cluster, std::string group) {
  auto executor = co_await asio::this_coro::executor;
  kafka::Consumer consumer(executor, kafka::consuming(cluster, group));
  consumer.on_trouble(keep_quiet);
  consumer.on_assignment([](const std::vector<int>& partitions) {
    print_line(fmt::format("has {}", partitions.size()));
  });
  consumer.subscribe("orders");
  asio::signal_set end(executor, SIGTERM);
  co_await (process(consumer) || end.async_wait(asio::use_awaitable));
  co_await consumer.leave();
}

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc < 3) return 2;
  const std::string cluster = argv[1];
  const std::string what = argv[2];
  if (argc != (what == "flow" ? 3 : 4)) return 2;
  asio::io_context loop;
  if (what == "send") asio::co_spawn(loop, send(cluster, std::stoi(argv[3]), 0ms), rethrow);
  if (what == "flow") asio::co_spawn(loop, send(cluster, INT_MAX, 4ms), rethrow);
  if (what == "work") asio::co_spawn(loop, work(cluster, argv[3]), rethrow);
  loop.run();
}
