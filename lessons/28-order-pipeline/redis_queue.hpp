// A queue in Redis: a stream, with its log on disk.
#pragma once

#include <fmt/core.h>
#include <unistd.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "../13-futures/waiters.hpp"
#include "../26-redis/address.hpp"
#include "../26-redis/stream.hpp"
#include "order_queue.hpp"

class RedisQueue : public OrderQueue {
 public:
  // `in_hand`: how many messages may be unacknowledged at the
  // same time. With 0 nothing is received.
  RedisQueue(asio::any_io_executor executor,
             const std::string& url, const std::string& name,
             std::size_t in_hand)
      : closing_(executor),
        stream_(std::make_shared<redis::Stream>(
            executor, redis::parse_address(url),
            settings(name, in_hand), report)) {}

  asio::awaitable<void> publish(std::string text) override {
    const auto stream = stream_;
    if (!stream) throw std::runtime_error("the queue is closed");
    co_await stream->publish(std::move(text));
  }

  asio::awaitable<std::optional<Job>> receive() override {
    using namespace asio::experimental::awaitable_operators;
    const auto stream = stream_;
    if (!stream) co_return std::nullopt;
    const auto first =
        co_await (stream->receive() || closing_.wait());
    const auto* entry = std::get_if<redis::Entry>(&first);
    if (entry == nullptr) co_return std::nullopt;
    co_return Job{entry->text, [stream, entry = *entry] {
                    return acknowledge(stream, entry);
                  }};
  }

  // The connection stays while a task uses it.
  void close() override {
    stream_.reset();
    closing_.wake_all();
  }

 private:
  static asio::awaitable<void> acknowledge(
      std::shared_ptr<redis::Stream> stream, redis::Entry entry) {
    co_await stream->acknowledge(std::move(entry));
  }

  // Redis does not notice that a worker is gone. A worker that
  // has had an order for 5 s has died, or is so slow that another
  // one begins it, too.
  static redis::StreamSettings settings(const std::string& name,
                                        std::size_t in_hand) {
    redis::StreamSettings settings;
    settings.stream = "pipeline." + name;
    settings.consumer = fmt::format("process {}", getpid());
    settings.prefetch = in_hand;
    settings.claim_after = std::chrono::seconds(5);
    return settings;
  }

  static void report(const std::string& trouble) {
    if (trouble.empty()) return;
    fmt::print(stderr, "Redis: {}\n", trouble);
  }

  Waiters closing_;
  std::shared_ptr<redis::Stream> stream_;
};
