// Tasks that end together: the group is not left while one of
// them runs. Look at what happens when one fails.
#pragma once

#include <asio.hpp>
#include <exception>
#include <list>
#include <memory>
#include <system_error>
#include <utility>

#include "../13-futures/waiters.hpp"
#include "../15-timeouts/is_cancellation.hpp"

// Made by with_task_group, which never forgets to join it.
class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor)
      : executor_(executor), all_ended_(executor) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts a task. In a group that was cancelled it gets as far
  // as its first wait.
  void start(asio::awaitable<void> task) {
    auto stop = std::make_shared<asio::cancellation_signal>();
    const auto place = running_.insert(running_.end(), stop);
    auto ended = [this, place](std::exception_ptr error) {
      running_.erase(place);
      if (error) fail(error);
      if (running_.empty()) all_ended_.wake_all();
    };
    try {
      asio::co_spawn(
          executor_, std::move(task),
          asio::bind_cancellation_slot(stop->slot(), ended));
    } catch (...) {  // it was not started, so it will never end
      running_.remove(stop);
      throw;
    }
    if (cancelled_) stop->emit(asio::cancellation_type::terminal);
  }

  // Asks every task to end, at its current wait. Only once: a
  // second call does not disturb those that are cleaning up.
  void cancel() {
    if (cancelled_) return;
    cancelled_ = true;
    const auto running = running_;
    for (auto& stop : running) {
      stop->emit(asio::cancellation_type::terminal);
    }
  }

  // Waits until all have ended, and throws the first failure. If
  // the task that waits here is cancelled, so are the others, but
  // they are waited for all the same.
  asio::awaitable<void> join() {
    const bool throws =
        co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    bool interrupted = false;
    while (!running_.empty()) {
      try {
        co_await all_ended_.wait();
      } catch (const std::system_error&) {
        interrupted = true;
        cancel();
      }
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (failure_) std::rethrow_exception(failure_);
    if (interrupted) {
      throw std::system_error(asio::error::operation_aborted);
    }
  }

 private:
  void fail(std::exception_ptr error) {
    // A task that ends because it was cancelled has not failed.
    if (cancelled_ && is_cancellation(error)) return;
    if (!failure_) failure_ = error;
    cancel();
  }

  asio::any_io_executor executor_;
  Waiters all_ended_;
  std::list<std::shared_ptr<asio::cancellation_signal>> running_;
  std::exception_ptr failure_;
  bool cancelled_ = false;
};

// Runs the body after a round of the loop: nothing that it does
// may happen before join() waits.
template <typename Body>
asio::awaitable<void> run_body(Body& body, TaskGroup& group) {
  co_await asio::post(asio::use_awaitable);
  co_await body(group);
}

// Runs `body` with a group, in which it can start tasks. The body
// is the group's first task: it is cancelled with the rest.
template <typename Body>
asio::awaitable<void> with_task_group(Body body) {
  TaskGroup group(co_await asio::this_coro::executor);
  group.start(run_body(body, group));
  co_await group.join();
}
