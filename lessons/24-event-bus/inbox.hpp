// The events that one subscriber has not read yet. Look at what
// happens to an event for which there is no room.
#pragma once

#include <asio.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <stdexcept>
#include <utility>

#include "../13-futures/waiters.hpp"

// What happens to an event for which an inbox has no room.
enum class WhenFull {
  wait,         // the publisher waits until there is room
  drop_oldest,  // the oldest event makes room for it
  drop_newest,  // it is not delivered
  unsubscribe,  // the subscriber is thrown out
};

struct FellBehind : std::runtime_error {
  FellBehind()
      : std::runtime_error(
            "the subscriber fell behind and was thrown out") {}
};

template <typename Event>
class Inbox {
 public:
  // All subscribers read the same object.
  using Shared = std::shared_ptr<const Event>;

  Inbox(asio::any_io_executor executor, std::size_t room,
        WhenFull when_full)
      : room_(room),
        when_full_(when_full),
        arrived_(executor),
        taken_(executor) {
    if (room == 0) {
      throw std::invalid_argument(
          "an inbox needs room for at least one event");
    }
  }

  asio::awaitable<void> put(const Shared& event) {
    while (full() && when_full_ == WhenFull::wait) {
      co_await taken_.wait();
    }
    if (full() && when_full_ == WhenFull::drop_newest) {
      ++dropped_;
      co_return;
    }
    if (full() && when_full_ == WhenFull::drop_oldest) {
      ++dropped_;
      events_.pop_front();
    }
    if (full() && when_full_ == WhenFull::unsubscribe) {
      fell_behind_ = true;
      close();
    }
    if (closed_) co_return;
    events_.push_back(event);
    arrived_.wake_one();
  }

  asio::awaitable<Shared> get() {
    while (events_.empty() && !closed_) {
      co_await arrived_.wait();
    }
    if (fell_behind_) throw FellBehind();
    Shared event;
    if (!events_.empty()) {
      event = std::move(events_.front());
      events_.pop_front();
      taken_.wake_one();
    }
    co_return event;
  }

  // No more is put in. The events in it can still be read.
  void close() {
    closed_ = true;
    arrived_.wake_all();
    taken_.wake_all();
  }

  std::size_t dropped() const { return dropped_; }

 private:
  bool full() const {
    return !closed_ && events_.size() == room_;
  }

  std::deque<Shared> events_;
  std::size_t room_;
  WhenFull when_full_;
  std::size_t dropped_ = 0;
  bool closed_ = false;
  bool fell_behind_ = false;
  Waiters arrived_;
  Waiters taken_;
};
