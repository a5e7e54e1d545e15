// A Kafka cluster of one broker, which keeps everything in
// memory: the one that librdkafka has for its own tests. SIGUSR1
// takes the broker down, SIGUSR2 brings it up again.
#include <fmt/core.h>

#include <asio.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

#include "library.hpp"
// After the header above: it does not include what it needs.
#include <librdkafka/rdkafka_mock.h>

constexpr int broker = 1;  // the first, and the only one

struct EndCluster {
  void operator()(rd_kafka_mock_cluster_t* cluster) const {
    rd_kafka_mock_cluster_destroy(cluster);
  }
};

// A line at a time, also into a pipe.
void print_line(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

asio::awaitable<void> obey(asio::signal_set& signals,
                           rd_kafka_mock_cluster_t* cluster) {
  while (true) {
    const int signal =
        co_await signals.async_wait(asio::use_awaitable);
    if (signal == SIGUSR1) {
      rd_kafka_mock_broker_set_down(cluster, broker);
      print_line("Broker down");
    } else if (signal == SIGUSR2) {
      rd_kafka_mock_broker_set_up(cluster, broker);
      print_line("Broker up");
    } else {
      co_return;
    }
  }
}

// What a task throws must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.add(SIGUSR1);
  signals.add(SIGUSR2);
  const auto client =
      kafka::make_client(RD_KAFKA_PRODUCER, {}, 0);
  const std::unique_ptr<rd_kafka_mock_cluster_t, EndCluster>
      cluster(rd_kafka_mock_cluster_new(client.get(), 1));
  if (!cluster) throw std::runtime_error("no cluster");
  rd_kafka_mock_topic_create(cluster.get(), "orders", 3, 1);
  for (const char* of_lesson_28 :
       {"pipeline.orders", "pipeline.results"}) {
    rd_kafka_mock_topic_create(cluster.get(), of_lesson_28, 4, 1);
  }
  print_line(rd_kafka_mock_cluster_bootstraps(cluster.get()));
  asio::co_spawn(loop, obey(signals, cluster.get()), rethrow);
  loop.run();
}
