// Where tasks wait until another task wakes them. Look at the
// channel: it has room for nothing, so a message that nobody
// awaits is not kept.
#pragma once

#include <asio.hpp>
#include <asio/experimental/channel.hpp>

// A loop that is destroyed frees the tasks that are left. Their
// destructors may want to wake others, which are gone as well,
// and a channel would not notice. This is told beforehand.
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
  struct Woken {};

  explicit Waiters(asio::any_io_executor executor)
      : bell_(executor),
        end_(asio::use_service<EndOfLoop>(
            asio::query(executor, asio::execution::context))) {}

  // Throws if it is cancelled meanwhile.
  asio::awaitable<Woken> wait() {
    return bell_.async_receive(asio::use_awaitable);
  }

  // Wakes who has waited longest. False if nobody waits.
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
