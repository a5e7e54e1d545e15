// An event loop: a list of "when A happens, do B", and code that
// works through it. Look at run(): it never does anything else.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <queue>
#include <thread>
#include <utility>

class Loop {
 public:
  using Clock = std::chrono::steady_clock;
  using Callback = std::function<void()>;

  void call_soon(Callback then) { ready_.push(std::move(then)); }

  void call_at(Clock::time_point when, Callback then) {
    timers_.emplace(when, std::move(then));
  }

  void run() {
    while (!stopped()) {
      wait();
      poll();
    }
  }

  // There is nothing to do, and nothing to wait for.
  bool stopped() const {
    return ready_.empty() && timers_.empty();
  }

  // Sleeps until there is something to do.
  void wait() const {
    if (!ready_.empty() || timers_.empty()) return;
    std::this_thread::sleep_until(timers_.begin()->first);
  }

  // Does what there is to do now.
  void poll() {
    const auto now = Clock::now();
    while (!timers_.empty() && timers_.begin()->first <= now) {
      call_soon(std::move(timers_.begin()->second));
      timers_.erase(timers_.begin());
    }
    for (auto left = ready_.size(); left > 0; --left) {
      const Callback next = std::move(ready_.front());
      ready_.pop();
      next();
    }
  }

 private:
  std::queue<Callback> ready_;
  std::multimap<Clock::time_point, Callback> timers_;
};
