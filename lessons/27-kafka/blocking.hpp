// Kafka through librdkafka's blocking calls. Look at what each
// of them waits for, while nothing else can happen.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <string>

#include "library.hpp"

namespace kafka::blocking {

class Producer {
 public:
  explicit Producer(const Settings& settings)
      : client_(make_client(RD_KAFKA_PRODUCER, settings,
                            RD_KAFKA_EVENT_DR)),
        reports_(rd_kafka_queue_get_main(client_.get())) {}

  // Blocks until the cluster has the message.
  Place send(const std::string& topic, const std::string& key,
             const std::string& text) {
    const auto refused =
        hand_over(client_.get(), topic, key, text, 0);
    if (refused) throw Error("sending to " + topic, refused);
    Owned<rd_kafka_event_t> event;
    const rd_kafka_message_t* report = nullptr;
    while (report == nullptr) {  // it may be a passing error
      event.reset(rd_kafka_queue_poll(reports_.get(), -1));
      if (event)
        report = rd_kafka_event_message_next(event.get());
    }
    if (report->err) {
      throw Error("sending to " + topic, report->err);
    }
    return {report->partition, report->offset};
  }

 private:
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_queue_t> reports_;
};

class Consumer {
 public:
  explicit Consumer(const Settings& settings)
      : client_(make_client(RD_KAFKA_CONSUMER, settings, 0)) {}

  // Reads one partition, even if others read it, too.
  void assign(const std::string& topic, int partition,
              std::int64_t from) {
    assign_to(client_.get(), topic, partition, from);
  }

  // Blocks until there is a message. Throws if none can come.
  Message receive() {
    while (true) {
      throw_if_fatal(client_.get());
      const Owned<rd_kafka_message_t> message(
          rd_kafka_consumer_poll(client_.get(), -1));
      if (!message) continue;
      if (!message->err) return to_message(*message);
      if (message->err != RD_KAFKA_RESP_ERR__FATAL) {
        print_trouble(rd_kafka_message_errstr(message.get()));
      }
    }
  }

  // Blocks until the cluster has noted it.
  void commit(const Message& message) {
    const auto list = done_with(message);
    auto error = no_coordinator;
    while (error == no_coordinator) {
      error = rd_kafka_commit(client_.get(), list.get(), 0);
    }
    if (error) throw Error("committing", error);
  }

 private:
  Owned<rd_kafka_t> client_;
};

}  // namespace kafka::blocking
