// What the pipeline wants of a queue, wherever it is kept. Each
// message comes at least once: look at what stops it coming.
#pragma once

#include <asio.hpp>
#include <functional>
#include <optional>
#include <string>

// A message, and what to call when it has been dealt with. If
// that is not called, because the worker died, it comes again.
struct Job {
  std::string text;
  std::function<asio::awaitable<void>()> acknowledge;
};

class OrderQueue {
 public:
  virtual ~OrderQueue() = default;

  // Keeps the connection to the broker, if there is one, until
  // close(). The owner awaits this call, alongside everything
  // else.
  virtual asio::awaitable<void> run() { co_return; }

  // Waits until the queue can be used: for Kafka, some seconds.
  virtual asio::awaitable<void> ready() { co_return; }

  // Returns when the message is safe in the queue.
  virtual asio::awaitable<void> publish(std::string text) = 0;

  // Waits for the next message. Returns nothing after the last.
  virtual asio::awaitable<std::optional<Job>> receive() = 0;

  // This process wants no more messages.
  virtual void close() = 0;
};
