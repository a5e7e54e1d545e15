// Any number of waits on a single Asio timer. Look at what is
// kept for each: a time and a handle.
#pragma once

#include <asio.hpp>
#include <chrono>
#include <coroutine>
#include <queue>
#include <vector>

class Alarms {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Alarms(asio::io_context& loop) : timer_(loop) {}
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;

  // The tasks that still wait are destroyed.
  ~Alarms() {
    for (; !alarms_.empty(); alarms_.pop()) {
      alarms_.top().task.destroy();
    }
  }

  // co_await alarms.at(time) waits until then.
  auto at(Clock::time_point time) { return Wait{*this, time}; }

 private:
  struct Wait {
    Alarms& alarms;
    Clock::time_point time;

    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> task) {
      alarms.add({time, task});
    }
    void await_resume() const {}
  };

  struct Alarm {
    Clock::time_point time;
    std::coroutine_handle<> task;

    // So that the earliest is at the top.
    bool operator<(const Alarm& other) const {
      return time > other.time;
    }
  };

  void add(Alarm alarm) {
    const bool is_first =
        alarms_.empty() || alarm.time < alarms_.top().time;
    alarms_.push(alarm);
    if (is_first) set();
  }

  void set() {
    timer_.expires_at(alarms_.top().time);
    timer_.async_wait([this](asio::error_code error) {
      if (!error) ring();
    });
  }

  void ring() {
    const auto now = Clock::now();
    while (!alarms_.empty() && alarms_.top().time <= now) {
      const auto task = alarms_.top().task;
      alarms_.pop();
      task.resume();
    }
    if (!alarms_.empty()) set();
  }

  asio::steady_timer timer_;
  std::priority_queue<Alarm> alarms_;  // in one vector
};
