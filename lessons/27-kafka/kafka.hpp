// Sending to Kafka and receiving from it, awaited. Look at what
// each of them waits for, and what it says when it is done.
#pragma once

#include <librdkafka/rdkafka.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client.hpp"
#include "library.hpp"

namespace kafka {

class Producer : public Client {
 public:
  Producer(asio::any_io_executor executor,
           const Settings& settings)
      : Client(executor, RD_KAFKA_PRODUCER, settings) {}

  // Waits until the cluster has the message, and says where. If
  // it is cancelled, the message may still get there, or not.
  asio::awaitable<Place> send(std::string topic, std::string key,
                              std::string text) {
    const auto mark = new_mark();
    auto refused = hand_over(get(), topic, key, text, mark);
    while (refused == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      co_await next_ring();
      refused = hand_over(get(), topic, key, text, mark);
    }
    if (refused) throw Error("sending to " + topic, refused);
    const auto report = reply_to(mark);
    const Reply reply = co_await report.get();
    if (!reply.error) co_return reply.place;
    throw Error("sending to " + topic, reply.error);
  }
};

class Consumer : public Client {
 public:
  Consumer(asio::any_io_executor executor,
           const Settings& settings)
      : Client(executor, RD_KAFKA_CONSUMER, settings),
        messages_(rd_kafka_queue_get_consumer(get())) {
    ring_for(messages_.get());
    wake_every(longest_silence() / 3);
  }

  // Calls `told` with the partitions that the consumer has,
  // whenever they change.
  void on_assignment(
      std::function<void(const std::vector<int>&)> told) {
    on_assignment_ = std::move(told);
  }

  // Shares the topic's partitions with the group's members.
  void subscribe(const std::string& topic) {
    const auto list =
        one_partition(topic, RD_KAFKA_PARTITION_UA, from_commit);
    const auto error = rd_kafka_subscribe(get(), list.get());
    if (error) throw Error("subscribing to " + topic, error);
  }

  // Reads one partition, even if others read it, too.
  void assign(const std::string& topic, int partition,
              std::int64_t from) {
    assign_to(get(), topic, partition, from);
  }

  // Waits for a message. A member's partitions change only in
  // here and in leave(). Throws if no message can come.
  asio::awaitable<Message> receive() {
    while (true) {
      throw_if_fatal(get());
      const auto event = next_event();
      if (!event) {
        co_await next_ring();
      } else if (rd_kafka_event_type(event.get()) ==
                 RD_KAFKA_EVENT_FETCH) {
        co_return to_message(
            *rd_kafka_event_message_next(event.get()));
      } else {
        serve(event.get());
      }
    }
  }

  // Waits until the cluster has noted that all messages in this
  // partition up to this one are done.
  asio::awaitable<void> commit(Message message) {
    const auto list = done_with(message);
    auto error = no_coordinator;
    while (error == no_coordinator) {
      const auto mark = new_mark();
      error = rd_kafka_commit_queue(
          get(), list.get(), replies(), nullptr,
          reinterpret_cast<void*>(mark));
      if (error) break;
      const auto noted = reply_to(mark);
      const Reply reply = co_await noted.get();
      error = reply.error;
    }
    if (error) throw Error("committing", error);
  }

  // Gives the partitions back, so that the other members need
  // not wait for the session's time-out. Nothing is received
  // afterwards.
  asio::awaitable<void> leave() {
    const auto error = code_of(
        rd_kafka_consumer_close_queue(get(), messages_.get()));
    if (error) throw Error("leaving the group", error);
    while (!rd_kafka_consumer_closed(get())) {
      const auto event = next_event();
      if (event) {
        serve(event.get());
      } else {
        co_await next_ring();
      }
    }
  }

 private:
  // A member that has not looked for messages for this long is
  // taken to be stuck, and loses its partitions.
  std::chrono::milliseconds longest_silence() const {
    char text[16];
    std::size_t size = sizeof text;
    rd_kafka_conf_get(rd_kafka_conf(get()),
                      "max.poll.interval.ms", text, &size);
    return std::chrono::milliseconds(std::stoi(text));
  }

  Owned<rd_kafka_event_t> next_event() {
    return Owned<rd_kafka_event_t>(
        rd_kafka_queue_poll(messages_.get(), 0));
  }

  void serve(rd_kafka_event_t* event) {
    const auto type = rd_kafka_event_type(event);
    if (type == RD_KAFKA_EVENT_REBALANCE) rebalance(event);
    if (type == RD_KAFKA_EVENT_ERROR &&
        rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR__FATAL) {
      report_trouble(event);
    }
  }

  void rebalance(rd_kafka_event_t* event) {
    const auto* list = rd_kafka_event_topic_partition_list(event);
    const bool given = rd_kafka_event_error(event) ==
                       RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    const auto error = accept(list, given);
    if (error && error != RD_KAFKA_RESP_ERR__DESTROY) {
      // The destructor would wait for an answer. So it gets one:
      // no partitions.
      const Partitions none(rd_kafka_topic_partition_list_new(0));
      accept(none.get(), true);
      throw Error("sharing the partitions", error);
    }
    for (int i = 0; i < list->cnt; ++i) {
      const int partition = list->elems[i].partition;
      if (given && !error) {
        share_.insert(partition);
      } else {
        share_.erase(partition);
      }
    }
    if (on_assignment_) {
      on_assignment_({share_.begin(), share_.end()});
    }
  }

  // With a cooperative strategy `list` has the partitions that
  // were added or taken away, otherwise all of them.
  rd_kafka_resp_err_t accept(
      const rd_kafka_topic_partition_list_t* list, bool given) {
    const std::string protocol =
        rd_kafka_rebalance_protocol(get());
    if (protocol == "COOPERATIVE") {
      return code_of(
          given ? rd_kafka_incremental_assign(get(), list)
                : rd_kafka_incremental_unassign(get(), list));
    }
    return rd_kafka_assign(get(), given ? list : nullptr);
  }

  std::function<void(const std::vector<int>&)> on_assignment_;
  // Our own record of the partitions: rd_kafka_assignment(),
  // called while the member leaves, sometimes never returns.
  std::set<int> share_;
  Owned<rd_kafka_queue_t> messages_;
};

}  // namespace kafka
