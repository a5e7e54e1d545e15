// A Kafka cluster of one broker, which keeps everything in memory: the mock cluster that librdkafka
// has for its own tests. SIGUSR1 takes the broker down, SIGUSR2 brings it up again. With KAFKA_HOME
// in the environment it is a real one, of three brokers: SIGUSR1 kills the next of them, and
// SIGUSR2 starts those that do not run.
#include <fmt/core.h>
#include <librdkafka/rdkafka.h>
// After the header above: it does not include what it needs.
#include <librdkafka/rdkafka_mock.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "kafka_cluster.hpp"
#include "kafka_topics.hpp"
#include "server.hpp"

namespace {

constexpr int broker = 1;  // the first, and the only one

struct FreeMock {
  void operator()(rd_kafka_mock_cluster_t* it) const { rd_kafka_mock_cluster_destroy(it); }
};

// The cluster lives in a client that has nothing else to do.
asio::awaitable<void> serve_mock(asio::signal_set& signals) {
  const auto client = servers::make_kafka_client();
  const std::unique_ptr<rd_kafka_mock_cluster_t, FreeMock> cluster(
      rd_kafka_mock_cluster_new(client.get(), 1));
  if (!cluster) throw std::runtime_error("librdkafka could not make its cluster");
  for (const auto& [name, partitions] : servers::kafka_topics) {
    rd_kafka_mock_topic_create(cluster.get(), name, partitions, 1);
  }
  servers::print_line(rd_kafka_mock_cluster_bootstraps(cluster.get()));
  for (;;) {
    const int signal = co_await signals.async_wait(asio::use_awaitable);
    if (servers::is_end(signal)) co_return;
    if (signal == SIGUSR1) {
      rd_kafka_mock_broker_set_down(cluster.get(), broker);
      servers::print_line("Broker down");
    } else {
      rd_kafka_mock_broker_set_up(cluster.get(), broker);
      servers::print_line("Broker up");
    }
  }
}

// (A cluster goes on without one of its brokers, so one that ends unasked is only told.)
asio::awaitable<void> serve_cluster(asio::signal_set& signals) {
  using namespace asio::experimental::awaitable_operators;
  servers::KafkaCluster cluster(co_await asio::this_coro::executor, std::getenv("KAFKA_HOME"));
  if (!co_await servers::start(cluster, signals)) co_return;
  servers::print_line(cluster.address());
  for (int next = 1;;) {
    const auto first =
        co_await (signals.async_wait(asio::use_awaitable) || cluster.wait_for_an_end());
    if (const int* ended = std::get_if<1>(&first)) {
      servers::print_line(fmt::format("Broker {} has ended", *ended));
      continue;
    }
    const int signal = std::get<0>(first);
    if (servers::is_end(signal)) co_return;
    if (signal == SIGUSR1) {
      cluster.kill(next);
      servers::print_line("Broker down");
      next = next % servers::KafkaCluster::size + 1;
    } else {
      if (!co_await servers::start(cluster, signals)) co_return;
      servers::print_line("Broker up");
    }
  }
}

}  // namespace

int main(int, char* argv[]) {
  const char* home = std::getenv("KAFKA_HOME");
  const bool is_real = home != nullptr && *home != '\0';
  return servers::run_server(argv, is_real ? serve_cluster : serve_mock);
}
