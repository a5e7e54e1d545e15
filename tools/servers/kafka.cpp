// A Kafka cluster of one broker, which keeps everything in memory: the mock cluster that librdkafka
// has for its own tests. SIGUSR1 takes the broker down, SIGUSR2 brings it up again.
#include <librdkafka/rdkafka.h>
// After the header above: it does not include what it needs.
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <asio.hpp>
#include <csignal>
#include <memory>
#include <stdexcept>

#include "server.hpp"

namespace {

constexpr int broker = 1;  // the first, and the only one

struct Free {
  void operator()(rd_kafka_conf_t* it) const { rd_kafka_conf_destroy(it); }
  void operator()(rd_kafka_t* it) const { rd_kafka_destroy(it); }
  void operator()(rd_kafka_mock_cluster_t* it) const { rd_kafka_mock_cluster_destroy(it); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// The cluster lives in a client that has nothing else to do.
Owned<rd_kafka_t> make_client() {
  Owned<rd_kafka_conf_t> settings(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(settings.get(), nullptr);
  std::array<char, 512> reason{};
  Owned<rd_kafka_t> client(
      rd_kafka_new(RD_KAFKA_PRODUCER, settings.get(), reason.data(), reason.size()));
  if (!client) throw std::runtime_error(reason.data());
  static_cast<void>(settings.release());  // they belong to the client now
  return client;
}

asio::awaitable<void> serve(asio::signal_set& signals) {
  const auto client = make_client();
  const Owned<rd_kafka_mock_cluster_t> cluster(rd_kafka_mock_cluster_new(client.get(), 1));
  if (!cluster) throw std::runtime_error("no cluster");
  rd_kafka_mock_topic_create(cluster.get(), "orders", 3, 1);
  // For the pipeline of lesson 28.
  for (const char* topic : {"pipeline.orders", "pipeline.results"}) {
    rd_kafka_mock_topic_create(cluster.get(), topic, 4, 1);
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

}  // namespace

int main(int, char* argv[]) {
  return servers::run_server(argv, serve);
}
