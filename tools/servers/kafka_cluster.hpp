// A private Apache Kafka: three brokers, each a process of its own, which elect a controller among
// themselves. What to look for: it is ready when the controller has created the topics and groups
// can be joined, and a message is confirmed when two brokers have it.
#pragma once

#include <fmt/core.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include "engine.hpp"
#include "kafka_topics.hpp"
#include "readiness.hpp"
#include "server.hpp"

namespace servers {

class KafkaCluster {
 public:
  static constexpr int size = 3;

  // `home`: the folder of a release. Throws CannotStart if there is no Kafka in it.
  KafkaCluster(asio::any_io_executor executor, const std::filesystem::path& home)
      : executor_(executor), jars_((std::filesystem::absolute(home) / "libs" / "*").string()) {
    if (!has_kafka(home)) {
      throw CannotStart(fmt::format(
          "KAFKA_HOME is {}, and there is no libs/kafka_2….jar in it. Name the folder of a release "
          "of Apache Kafka 4, or unset KAFKA_HOME to get the cluster that is part of librdkafka",
          home.string()));
    }
    for (const Broker& broker : brokers_) {
      const auto folder = folder_.path() / std::to_string(broker.number);
      std::filesystem::create_directory(folder);
      std::ofstream(folder / "server.properties") << settings(broker);
    }
  }

  // All three, because the one that a client asks first may be away.
  std::string address() const {
    std::string addresses;
    for (const Broker& broker : brokers_) {
      addresses += fmt::format("{}127.0.0.1:{}", addresses.empty() ? "" : ",", broker.port);
    }
    return addresses;
  }

  // Starts the brokers that do not run: all of them the first time, and later those that have ended
  // or were killed, at the same port and with their data. Throws CannotStart if this Kafka does not
  // run here.
  asio::awaitable<void> start() {
    using namespace asio::experimental::awaitable_operators;
    if (!formatted_) co_await format();
    formatted_ = true;
    for (Broker& broker : brokers_) {
      if (broker.process) continue;
      broker.process = run(broker, {"kafka.Kafka", "server.properties"});
    }
    asio::steady_timer late(executor_, std::chrono::minutes(2));
    const auto first =
        co_await (answer() || wait_for_an_end() || late.async_wait(asio::use_awaitable));
    if (const int* ended = std::get_if<1>(&first)) {
      throw std::runtime_error(
          fmt::format("Broker {} ended before the cluster was ready. It said:\n{}", *ended,
                      log_in(folder_of(brokers_[*ended - 1]))));
    }
    if (first.index() == 2) {
      throw std::runtime_error(fmt::format("Kafka was not ready within two minutes; at the end: {}",
                                           rd_kafka_err2str(refusal_)));
    }
  }

  // As kill -9 does. `number`: from 1 on.
  void kill(int number) { brokers_[number - 1].process.reset(); }

  // Waits for the end of a broker that was not killed by us. Returns its number.
  asio::awaitable<int> wait_for_an_end() {
    using namespace asio::experimental::awaitable_operators;
    const auto first =
        co_await (wait_for(brokers_[0]) || wait_for(brokers_[1]) || wait_for(brokers_[2]));
    Broker& ended = brokers_[first.index()];
    ended.process.reset();
    co_return ended.number;
  }

 private:
  struct Broker {
    int number;
    unsigned short port = free_port();
    unsigned short inner_port = free_port();  // where the controllers speak to each other
    std::unique_ptr<ChildProcess> process = nullptr;
  };

  static bool has_kafka(const std::filesystem::path& home) {
    std::error_code error;
    const std::filesystem::directory_iterator files(home / "libs", error);
    return !error && std::any_of(begin(files), end(files), [](const auto& file) {
      return file.path().filename().string().starts_with("kafka_2") &&
             file.path().extension() == ".jar";
    });
  }

  std::filesystem::path folder_of(const Broker& broker) const {
    return folder_.path() / std::to_string(broker.number);
  }

  std::string settings(const Broker& broker) const {
    std::string voters;
    for (const Broker& voter : brokers_) {
      voters += fmt::format("{}{}@127.0.0.1:{}", voters.empty() ? "" : ",", voter.number,
                            voter.inner_port);
    }
    return fmt::format(
        "node.id={}\n"
        "process.roles=broker,controller\n"
        "controller.quorum.voters={}\n"
        "listeners=CLIENTS://127.0.0.1:{},CONTROLLERS://127.0.0.1:{}\n"
        "listener.security.protocol.map=CLIENTS:PLAINTEXT,CONTROLLERS:PLAINTEXT\n"
        "inter.broker.listener.name=CLIENTS\n"
        "controller.listener.names=CONTROLLERS\n"
        "log.dirs={}\n"
        "auto.create.topics.enable=false\n"
        "default.replication.factor=3\n"
        "min.insync.replicas=2\n"
        "offsets.topic.num.partitions=3\n"
        "offsets.topic.replication.factor=3\n"
        // A broker that was killed is missed after 3 s instead of 9, a member of a group after less
        // than 6 if it asks for that, and a group begins at once.
        "broker.heartbeat.interval.ms=500\n"
        "broker.session.timeout.ms=3000\n"
        "group.min.session.timeout.ms=1000\n"
        "group.initial.rebalance.delay.ms=0\n",
        broker.number, voters, broker.port, broker.inner_port,
        (folder_of(broker) / "data").string());
  }

  // A main class of Kafka, with its arguments.
  std::unique_ptr<ChildProcess> run(const Broker& broker, std::vector<std::string> words) const {
    // (The third and the fourth let it start in half the time.)
    std::vector<std::string> command{
        "java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", jars_};
    command.insert(command.end(), words.begin(), words.end());
    return start_engine(executor_, command, {}, folder_of(broker));
  }

  // Kafka's own tool prepares the folder of each broker.
  asio::awaitable<void> format() {
    // (Any number of 16 bytes, the same for all three.)
    const std::vector<std::string> words{
        "kafka.tools.StorageTool", "format",   "--cluster-id",
        "YXN5bmMtd29ya2Jvb2stMQ",  "--config", "server.properties"};
    try {
      for (Broker& broker : brokers_) broker.process = run(broker, words);
    } catch (const std::system_error&) {
      throw CannotStart("Kafka needs Java 17 or newer: sudo apt-get install default-jre-headless");
    }
    for (Broker& broker : brokers_) {
      const auto end = co_await broker.process->wait();
      broker.process.reset();
      if (!end.succeeded()) {
        throw CannotStart(
            fmt::format("Kafka's storage tool {}. (It needs Java 17 or newer.) It said:\n{}",
                        end.describe(), log_in(folder_of(broker))));
      }
    }
  }

  asio::awaitable<workbook::ProcessEnd> wait_for(Broker& broker) {
    if (broker.process) co_return co_await broker.process->wait();
    asio::steady_timer never(executor_, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
    co_return workbook::ProcessEnd{};
  }

  asio::awaitable<void> answer() {
    for (const Broker& broker : brokers_) co_await wait_for_listener(broker.port);
    const auto client = make_kafka_client(address());
    for (const KafkaTopic& topic : kafka_topics) {
      co_await repeat([&] { return create_topic(client.get(), topic, size); });
    }
    const auto consumer = make_kafka_client(address(), "nobody");
    co_await repeat([&]() -> asio::awaitable<rd_kafka_resp_err_t> {
      co_return ask_coordinator(consumer.get());
    });
  }

  // (So many copies cannot be had until all brokers have signed up, and there are moments without a
  // controller.)
  template <typename Request>
  asio::awaitable<void> repeat(Request request) {
    asio::steady_timer pause(executor_);
    while ((refusal_ = co_await request())) {
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  asio::any_io_executor executor_;
  std::string jars_;
  PrivateFolder folder_{"kafka"};
  std::array<Broker, size> brokers_{Broker{1}, Broker{2}, Broker{3}};
  bool formatted_ = false;
  rd_kafka_resp_err_t refusal_ = RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
};

}  // namespace servers
