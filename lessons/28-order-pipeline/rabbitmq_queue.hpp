// A queue in RabbitMQ. It is on disk, and is still there after
// the broker has been killed.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "../13-futures/waiters.hpp"
#include "../25-rabbitmq/amqp.hpp"
#include "order_queue.hpp"

class RabbitmqQueue : public OrderQueue {
 public:
  // `in_hand`: how many messages may be unacknowledged at the
  // same time. With 0 nothing is received.
  RabbitmqQueue(asio::any_io_executor executor,
                const std::string& url, const std::string& name,
                std::uint16_t in_hand)
      : name_("pipeline." + name),
        closing_(executor),
        client_(
            executor, url,
            [this, in_hand](amqp::Connection& broker) {
              broker.declare_queue(name_);
              broker.confirm_publishes();
              if (in_hand > 0) broker.consume(name_, in_hand);
            },
            report) {}
  RabbitmqQueue(const RabbitmqQueue&) = delete;
  RabbitmqQueue& operator=(const RabbitmqQueue&) = delete;

  asio::awaitable<void> run() override { return client_.run(); }

  asio::awaitable<void> publish(std::string text) override {
    ++under_way_;
    std::exception_ptr failure;
    try {
      co_await client_.publish("", name_, std::move(text));
    } catch (...) {
      failure = std::current_exception();
    }
    finish();
    if (failure) std::rethrow_exception(failure);
  }

  asio::awaitable<std::optional<Job>> receive() override {
    using namespace asio::experimental::awaitable_operators;
    if (closed_) co_return std::nullopt;
    const auto first =
        co_await (client_.receive() || closing_.wait());
    const auto* message = std::get_if<amqp::Message>(&first);
    if (message == nullptr) co_return std::nullopt;
    ++under_way_;  // until it is acknowledged
    co_return Job{message->text, [this, message = *message] {
                    return acknowledge(message);
                  }};
  }

  // The connection stays until everything under way is done.
  void close() override {
    closed_ = true;
    closing_.wake_all();
    if (under_way_ == 0) client_.close();
  }

 private:
  asio::awaitable<void> acknowledge(amqp::Message message) {
    co_await client_.acknowledge(std::move(message));
    finish();
  }

  void finish() {
    --under_way_;
    if (closed_ && under_way_ == 0) client_.close();
  }

  static void report(const std::string& why,
                     std::chrono::milliseconds pause) {
    fmt::print(stderr, "RabbitMQ: {}; again in {:.2f} s\n", why,
               std::chrono::duration<double>(pause).count());
  }

  const std::string name_;
  int under_way_ = 0;  // publishes, and jobs in hand
  bool closed_ = false;
  Waiters closing_;
  amqp::Client client_;
};
