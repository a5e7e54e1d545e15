// What a broker does with a queue, in thirty lines: a message
// that was taken and not acknowledged is there again when its
// consumer has gone.
#pragma once

#include <deque>
#include <optional>
#include <utility>

struct Deposit {
  int number;
  int amount;
};

using TinyQueue = std::deque<Deposit>;

class Consumer {
 public:
  explicit Consumer(TinyQueue& queue) : queue_(queue) {}
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;
  ~Consumer() {
    if (unacknowledged_) queue_.push_front(*unacknowledged_);
  }

  // The next one, or nothing. One at a time: a prefetch of 1.
  std::optional<Deposit> take() {
    if (queue_.empty() || unacknowledged_) return {};
    unacknowledged_ = queue_.front();
    queue_.pop_front();
    return unacknowledged_;
  }

  void acknowledge() { unacknowledged_.reset(); }

 private:
  TinyQueue& queue_;
  std::optional<Deposit> unacknowledged_;
};
