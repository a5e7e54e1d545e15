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
  void operator()(rd_kafka_DeleteGroup_t* it) const { rd_kafka_DeleteGroup_destroy(it); }
};
template <typename T>
using KafkaOwned = std::unique_ptr<T, FreeKafka>;

// `cluster`: its brokers' addresses. Without one the client connects to nothing.
inline KafkaOwned<rd_kafka_t> make_kafka_client(const std::string& cluster = "") {
  KafkaOwned<rd_kafka_conf_t> settings(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(settings.get(), nullptr);
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set(settings.get(), "bootstrap.servers", cluster.c_str(), reason.data(),
                        reason.size()) != RD_KAFKA_CONF_OK) {
    throw std::runtime_error(reason.data());
  }
  KafkaOwned<rd_kafka_t> client(
      rd_kafka_new(RD_KAFKA_PRODUCER, settings.get(), reason.data(), reason.size()));
  if (!client) throw std::runtime_error(reason.data());
  static_cast<void>(settings.release());  // they belong to the client now
  return client;
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
  rd_kafka_CreateTopics(client, list.data(), list.size(), nullptr, answers.get());
  const auto answer = co_await next_event(answers.get());
  if (const auto error = rd_kafka_event_error(answer.get())) co_return error;
  std::size_t count = 0;
  const auto** topics =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer.get()), &count);
  if (count != 1) throw std::runtime_error("Kafka's answer is about another topic");
  const auto error = rd_kafka_topic_result_error(topics[0]);
  co_return error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS ? RD_KAFKA_RESP_ERR_NO_ERROR : error;
}

// Asks the broker that keeps the books of a group to delete it, though nobody knows the group.
// Returns what it says, and no error if it says just that. (The first who asks for such a broker
// makes the cluster create the topic with these books, which takes seconds.)
inline asio::awaitable<rd_kafka_resp_err_t> find_coordinator(rd_kafka_t* client) {
  KafkaOwned<rd_kafka_DeleteGroup_t> group(rd_kafka_DeleteGroup_new("nobody"));
  KafkaOwned<rd_kafka_queue_t> answers(rd_kafka_queue_new(client));
  std::array list{group.get()};
  rd_kafka_DeleteGroups(client, list.data(), list.size(), nullptr, answers.get());
  const auto answer = co_await next_event(answers.get());
  if (const auto error = rd_kafka_event_error(answer.get())) co_return error;
  std::size_t count = 0;
  const auto** groups =
      rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(answer.get()), &count);
  if (count != 1) throw std::runtime_error("Kafka's answer is about another group");
  const auto* error = rd_kafka_group_result_error(groups[0]);
  const auto code = error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(error);
  co_return code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND ? RD_KAFKA_RESP_ERR_NO_ERROR : code;
}

}  // namespace servers
