// As much of Asio as lesson 02 needs: its names, for our own
// loop and our own coroutine type.
#pragma once

#include <coroutine>
#include <exception>
#include <list>
#include <utility>

#include "coroutine.hpp"
#include "loop.hpp"

namespace asio {

template <class T>
using awaitable = Coroutine<T>;

// A loop that owns the tasks spawned on it.
class io_context : public Loop {
 public:
  std::list<awaitable<void>> tasks;
};

template <class Handler>
void co_spawn(io_context& loop, awaitable<void> work,
              Handler handler) {
  auto task =
      loop.tasks.insert(loop.tasks.end(), std::move(work));
  auto& frame = task->frame.promise();
  frame.loop = &loop;
  frame.at_end = [&loop, task, handler]() mutable {
    const std::exception_ptr error = task->frame.promise().error;
    loop.tasks.erase(task);
    handler(error);
  };
  loop.call_soon(task->frame);
}

struct use_awaitable_t {};
inline constexpr use_awaitable_t use_awaitable;

class steady_timer {
 public:
  explicit steady_timer(Loop& loop) : loop_(loop) {}
  void expires_after(Loop::Clock::duration time) {
    deadline_ = Loop::Clock::now() + time;
  }
  steady_timer& async_wait(use_awaitable_t) { return *this; }

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> task) {
    loop_.call_at(deadline_, task);
  }
  void await_resume() const {}

 private:
  Loop& loop_;
  Loop::Clock::time_point deadline_;
};

namespace this_coro {

// Does not suspend: it only looks into the caller's frame.
struct LookUp : std::suspend_always {
  Loop* loop = nullptr;
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> asking) {
    loop = asking.promise().loop;
    return false;
  }
  Loop& await_resume() const { return *loop; }
};

struct executor_t {
  LookUp operator co_await() const { return {}; }
};
inline constexpr executor_t executor;

}  // namespace this_coro

}  // namespace asio
