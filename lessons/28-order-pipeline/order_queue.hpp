// What the pipeline wants of a queue, whoever keeps it. Each
// message comes at least once: look at what ends its coming.
#pragma once

#include <asio.hpp>
#include <functional>
#include <optional>
#include <string>

// A message, and what to call when it has been dealt with. If
// nobody does, because the worker is gone, it comes again.
struct Job {
  std::string text;
  std::function<asio::awaitable<void>()> acknowledge;
};

class OrderQueue {
 public:
  virtual ~OrderQueue() = default;

  // Keeps the connection to whoever keeps the messages, until it
  // is closed. The owner awaits it, beside all else.
  virtual asio::awaitable<void> run() { co_return; }

  // Returns when messages would come, if there were any.
  virtual asio::awaitable<void> ready() { co_return; }

  // Returns when the message is safe with whoever keeps it.
  virtual asio::awaitable<void> publish(std::string text) = 0;

  // Waits for the next message; nothing once it is closed.
  virtual asio::awaitable<std::optional<Job>> receive() = 0;

  // This process wants no more of it.
  virtual void close() = 0;
};
