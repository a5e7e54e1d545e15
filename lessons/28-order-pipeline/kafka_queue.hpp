// A queue in Kafka: a topic, whose partitions the workers share.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../13-futures/future.hpp"
#include "../13-futures/waiters.hpp"
#include "../27-kafka/kafka.hpp"
#include "order_queue.hpp"

class KafkaQueue : public OrderQueue {
 public:
  // Sends if `in_hand` is 0, receives otherwise: always one by
  // one, because a commit speaks for all that came before.
  KafkaQueue(asio::any_io_executor executor,
             const std::string& cluster, const std::string& name,
             std::size_t in_hand)
      : topic_("pipeline." + name),
        closing_(executor),
        has_share_(executor) {
    if (in_hand == 0) {
      producer_ = std::make_shared<kafka::Producer>(
          executor, kafka::producing(cluster));
      return;
    }
    const auto settings = kafka::consuming(cluster, topic_);
    consumer_ =
        std::make_shared<kafka::Consumer>(executor, settings);
    consumer_->on_assignment([this](const std::vector<int>&) {
      if (!has_share_.done()) has_share_.set_result(true);
    });
    consumer_->subscribe(topic_);
  }

  // Sharing partitions among a group takes a few seconds. A first
  // message may have to wait until its topic has been created,
  // so it is an empty one.
  asio::awaitable<void> ready() override {
    if (consumer_) co_await has_share_.wait();
    if (producer_) co_await publish("");
  }

  asio::awaitable<void> publish(std::string text) override {
    const auto producer = producer_;
    if (!producer) {
      throw std::runtime_error("the queue is closed");
    }
    const auto number = text.substr(0, text.find(' '));
    co_await producer->send(topic_, number, std::move(text));
  }

  asio::awaitable<std::optional<Job>> receive() override {
    using namespace asio::experimental::awaitable_operators;
    const auto consumer = consumer_;
    if (!consumer) co_return std::nullopt;
    while (!closed_) {
      const auto first =
          co_await (consumer->receive() || closing_.wait());
      const auto* found = std::get_if<kafka::Message>(&first);
      if (found == nullptr) break;
      if (!found->text.empty()) {
        co_return Job{found->text, [consumer, message = *found] {
                        return acknowledge(consumer, message);
                      }};
      }
    }
    co_await consumer->leave();
    consumer_.reset();
    co_return std::nullopt;
  }

  void close() override {
    closed_ = true;
    producer_.reset();
    closing_.wake_all();
  }

 private:
  // The partition may have another reader by now, which will get
  // the order again.
  static asio::awaitable<void> acknowledge(
      std::shared_ptr<kafka::Consumer> consumer,
      kafka::Message message) {
    try {
      co_await consumer->commit(std::move(message));
    } catch (const kafka::Error& error) {
      fmt::print(stderr, "Kafka: {}\n", error.what());
    }
  }

  const std::string topic_;
  bool closed_ = false;
  Waiters closing_;
  Future<bool> has_share_;
  std::shared_ptr<kafka::Producer> producer_;
  std::shared_ptr<kafka::Consumer> consumer_;
};
