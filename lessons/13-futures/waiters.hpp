// Where tasks wait until another task wakes them. Look at the
// channel: it has no buffer, so a message that no task awaits
// is not kept.
#pragma once

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <variant>

// A loop that is destroyed frees the remaining tasks. Their
// destructors may want to wake others, which are gone as well,
// and a channel would not notice. The loop warns this service.
class EndOfLoop : public asio::execution_context::service {
 public:
  using key_type = EndOfLoop;
  inline static asio::execution_context::id id;

  explicit EndOfLoop(asio::execution_context& loop)
      : service(loop) {}

  bool has_come() const { return has_come_; }

 private:
  void shutdown() override { has_come_ = true; }

  bool has_come_ = false;
};

class Waiters {
 public:
  using Woken = std::monostate;

  explicit Waiters(asio::any_io_executor executor)
      : bell_(executor),
        end_(asio::use_service<EndOfLoop>(
            asio::query(executor, asio::execution::context))) {}

  // Throws if it is cancelled while it waits.
  asio::awaitable<Woken> wait() {
    return bell_.async_receive(asio::use_awaitable);
  }

  // Wakes the longest-waiting task. False if none is waiting.
  bool wake_one() {
    return !end_.has_come() &&
           bell_.try_send(asio::error_code{}, Woken{});
  }

  void wake_all() {
    while (wake_one()) {
    }
  }

 private:
  asio::experimental::channel<void(asio::error_code, Woken)>
      bell_;
  EndOfLoop& end_;
};
