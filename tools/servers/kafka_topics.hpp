// The topics of the lessons, and the client of librdkafka with which they are created.
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace servers {

struct KafkaTopic {
  const char* name;
  int partitions;
};

inline constexpr std::array kafka_topics = {
    KafkaTopic{"orders", 3},
    // For the pipeline of lesson 28.
    KafkaTopic{"pipeline.orders", 4},
    KafkaTopic{"pipeline.results", 4},
};

struct FreeKafka {
  void operator()(rd_kafka_conf_t* it) const { rd_kafka_conf_destroy(it); }
  void operator()(rd_kafka_t* it) const { rd_kafka_destroy(it); }
  void operator()(rd_kafka_queue_t* it) const { rd_kafka_queue_destroy(it); }
  void operator()(rd_kafka_event_t* it) const { rd_kafka_event_destroy(it); }
  void operator()(rd_kafka_NewTopic_t* it) const { rd_kafka_NewTopic_destroy(it); }
  void operator()(rd_kafka_AdminOptions_t* it) const { rd_kafka_AdminOptions_destroy(it); }
  void operator()(rd_kafka_topic_partition_list_t* it) const {
    rd_kafka_topic_partition_list_destroy(it);
  }
};
template <typename T>
using KafkaOwned = std::unique_ptr<T, FreeKafka>;

// `cluster`: its brokers' addresses; without one the client connects to nothing. `group`: what it
// is a consumer of; without one it is a producer.
inline KafkaOwned<rd_kafka_t> make_kafka_client(const std::string& cluster = "",
                                                const std::string& group = "") {
  KafkaOwned<rd_kafka_conf_t> settings(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(settings.get(), nullptr);
  std::array<char, 512> reason{};
  for (const auto& [name, value] : {std::pair("bootstrap.servers", cluster), {"group.id", group}}) {
    if (rd_kafka_conf_set(settings.get(), name, value.c_str(), reason.data(), reason.size()) !=
        RD_KAFKA_CONF_OK) {
      throw std::runtime_error(reason.data());
    }
  }
  KafkaOwned<rd_kafka_t> client(rd_kafka_new(group.empty() ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER,
                                             settings.get(), reason.data(), reason.size()));
  if (!client) throw std::runtime_error(reason.data());
  static_cast<void>(settings.release());  // they belong to the client now
  return client;
}

// A request that gets no answer is soon over and can be repeated. (By default it takes a minute.)
inline KafkaOwned<rd_kafka_AdminOptions_t> soon(rd_kafka_t* client) {
  KafkaOwned<rd_kafka_AdminOptions_t> options(
      rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_ANY));
  const auto error = rd_kafka_AdminOptions_set_request_timeout(options.get(), 5000, nullptr, 0);
  if (error) throw std::runtime_error(rd_kafka_err2str(error));
  return options;
}

// The next event of the queue.
inline asio::awaitable<KafkaOwned<rd_kafka_event_t>> next_event(rd_kafka_queue_t* queue) {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  KafkaOwned<rd_kafka_event_t> event;
  while (!event) {
    pause.expires_after(std::chrono::milliseconds(10));
    co_await pause.async_wait(asio::use_awaitable);
    event.reset(rd_kafka_queue_poll(queue, 0));
  }
  co_return event;
}

// Asks the controller for a topic with so many copies of each partition. Returns what it says, and
// no error if there already is such a topic.
inline asio::awaitable<rd_kafka_resp_err_t> create_topic(rd_kafka_t* client, KafkaTopic topic,
                                                         int copies) {
  KafkaOwned<rd_kafka_NewTopic_t> wanted(
      rd_kafka_NewTopic_new(topic.name, topic.partitions, copies, nullptr, 0));
  KafkaOwned<rd_kafka_queue_t> answers(rd_kafka_queue_new(client));
  std::array list{wanted.get()};
  rd_kafka_CreateTopics(client, list.data(), list.size(), soon(client).get(), answers.get());
  const auto answer = co_await next_event(answers.get());
  if (const auto error = rd_kafka_event_error(answer.get())) co_return error;
  std::size_t count = 0;
  const auto** topics =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer.get()), &count);
  if (count != 1) throw std::runtime_error("Kafka's answer is about another topic");
  const auto error = rd_kafka_topic_result_error(topics[0]);
  co_return error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS ? RD_KAFKA_RESP_ERR_NO_ERROR : error;
}

// Asks a group's coordinator, the broker that keeps its offsets, for one of them. Returns what it
// says; blocks for half a second at most. (The first request makes the cluster create the topic
// with the offsets of all groups, which takes seconds. Administrative requests to a coordinator
// end librdkafka 2.0 with a failed assertion when they time out.)
inline rd_kafka_resp_err_t ask_coordinator(rd_kafka_t* consumer) {
  KafkaOwned<rd_kafka_topic_partition_list_t> place(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(place.get(), kafka_topics[0].name, 0);
  return rd_kafka_committed(consumer, place.get(), 500);
}

}  // namespace servers
