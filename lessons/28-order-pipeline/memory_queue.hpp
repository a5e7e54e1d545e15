// The queue within the process: as safe as the process is.
#pragma once

#include <asio.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "../17-queues/queue.hpp"
#include "order_queue.hpp"

class MemoryQueue : public OrderQueue {
 public:
  explicit MemoryQueue(asio::any_io_executor executor)
      : queue_(executor, 1000) {}

  // Waits while a thousand are in it, and so does the customer,
  // but no longer than the desk allows.
  asio::awaitable<void> publish(std::string text) override {
    co_await queue_.put(std::move(text));
    ++left_;
  }

  asio::awaitable<std::optional<Job>> receive() override {
    auto text = co_await queue_.get();
    if (!text) co_return std::nullopt;
    co_return Job{std::move(*text), [this] { return done(); }};
  }

  // The messages in it can still be received.
  void close() override { queue_.close(); }

  // How many messages have not been acknowledged.
  std::size_t left() const { return left_; }

 private:
  asio::awaitable<void> done() {
    --left_;
    co_return;
  }

  Queue<std::string> queue_;
  std::size_t left_ = 0;
};
