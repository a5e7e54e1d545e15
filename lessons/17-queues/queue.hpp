// A bounded queue between the tasks of one thread. Look at what
// becomes of a free place, and of an item, while a task waits.
#pragma once

#include <asio.hpp>
#include <cstddef>
#include <deque>
#include <optional>
#include <stdexcept>
#include <utility>

#include "../13-futures/waiters.hpp"

struct QueueClosed : std::logic_error {
  QueueClosed() : std::logic_error("the queue is closed") {}
};

template <typename T>
class Queue {
 public:
  // `capacity`: how many items the queue may hold.
  Queue(asio::any_io_executor executor, std::size_t capacity)
      : free_places_(capacity),
        room_(executor),
        arrived_(executor),
        all_done_(executor) {
    if (capacity > 0) return;
    throw std::invalid_argument(
        "a queue needs at least one place");
  }

  // Tasks that wait hold the address of the queue.
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // Waits while the queue is full.
  asio::awaitable<void> put(T item) {
    if (free_places_ > 0) {
      --free_places_;
    } else if (!closed_) {
      co_await room_.wait();
    }
    if (closed_) throw QueueClosed();
    items_.push_back(std::move(item));
    ++unfinished_;
    if (!arrived_.wake_one()) ++free_items_;
  }

  // Waits while empty. Returns nothing once empty and closed.
  asio::awaitable<std::optional<T>> get() {
    if (free_items_ > 0) {
      --free_items_;
    } else if (!closed_) {
      co_await arrived_.wait();
    }
    std::optional<T> item;
    if (!items_.empty()) {
      item = std::move(items_.front());
      items_.pop_front();
      if (!room_.wake_one()) ++free_places_;
    }
    co_return item;
  }

  // To be called for each item taken, once it is dealt with.
  void task_done() {
    if (unfinished_ == 0) {
      throw std::logic_error("task_done() without an item");
    }
    if (--unfinished_ == 0) all_done_.wake_all();
  }

  // Waits until every item put has been dealt with.
  asio::awaitable<void> join() {
    while (unfinished_ > 0) co_await all_done_.wait();
  }

  // Nothing more may be put. get() still returns the rest.
  void close() {
    closed_ = true;
    room_.wake_all();
    arrived_.wake_all();
  }

  // How many items are in the queue.
  std::size_t size() const { return items_.size(); }

 private:
  std::deque<T> items_;
  std::size_t free_places_;     // not promised to a task
  std::size_t free_items_ = 0;  // not promised, either
  std::size_t unfinished_ = 0;
  bool closed_ = false;
  Waiters room_;
  Waiters arrived_;
  Waiters all_done_;
};
