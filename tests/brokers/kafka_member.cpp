// A process that kafka_test.py starts, and kills: a producer of numbers, or a member of a group
// that reads them. It prints what it has done, and writes each line before it goes on.
//   kafka_member CLUSTER send COUNT    prints each number that the cluster has confirmed
//   kafka_member CLUSTER work GROUP    prints "has COUNT" when it gets partitions, and each number
//                                      that it has dealt with, and then commits it
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "../../lessons/27-kafka/kafka.hpp"

namespace {

void print_line(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// The test takes the broker away on purpose.
void keep_quiet(const std::string&) {}

asio::awaitable<void> send(std::string cluster, int count) {
  auto executor = co_await asio::this_coro::executor;
  kafka::Producer producer(executor, kafka::producing(cluster));
  producer.on_trouble(keep_quiet);
  for (int number = 1; number <= count; ++number) {
    const std::string text = std::to_string(number);
    co_await producer.send("orders", text, text);
    print_line(text);
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
  asio::steady_timer timer(executor);
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

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 4) return 2;
  asio::io_context loop;
  const std::string what = argv[2];
  if (what == "send") asio::co_spawn(loop, send(argv[1], std::stoi(argv[3])), rethrow);
  if (what == "work") asio::co_spawn(loop, work(argv[1], argv[3]), rethrow);
  loop.run();
}
