// Wakes the tasks that wait for something to change.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>
#include <set>

namespace workbook {

// For one thread. Must outlive every task that waits on it.
class Notice {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void give() {
    for (asio::steady_timer* timer : waiting_) timer->cancel();
  }

  // Waits until notice is given, or until that time. The caller then looks again what has changed.
  asio::awaitable<void> wait(TimePoint until = TimePoint::max()) {
    asio::steady_timer timer(co_await asio::this_coro::executor, until);
    const Waiting waiting(waiting_, timer);
    asio::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }

 private:
  class Waiting {
   public:
    Waiting(std::set<asio::steady_timer*>& waiting, asio::steady_timer& timer)
        : waiting_(waiting), timer_(timer) {
      waiting_.insert(&timer_);
    }
    ~Waiting() { waiting_.erase(&timer_); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    std::set<asio::steady_timer*>& waiting_;
    asio::steady_timer& timer_;
  };

  std::set<asio::steady_timer*> waiting_;
};

}  // namespace workbook
