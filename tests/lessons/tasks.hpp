// Shared by the tests of headers: tasks that are run, that wait, and that are cancelled.
#pragma once

#include <doctest/doctest.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <system_error>
#include <utility>

inline void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

inline asio::awaitable<void> wait(std::chrono::steady_clock::duration time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

// Runs `work` as the only task of a loop, to its end. Its exception is rethrown.
inline void run(asio::awaitable<void> work) {
  asio::io_context loop;
  bool ended = false;
  asio::co_spawn(loop, std::move(work), [&](std::exception_ptr error) {
    rethrow(error);
    ended = true;
  });
  loop.run();
  REQUIRE(ended);
}

// The same, cancelled from outside after a while. Its exception is returned.
inline std::exception_ptr end_of_cancelled_after(std::chrono::steady_clock::duration time,
                                                 asio::awaitable<void> work) {
  asio::io_context loop;
  asio::cancellation_signal stop;
  asio::steady_timer timer(loop, time);
  timer.async_wait([&](asio::error_code) { stop.emit(asio::cancellation_type::terminal); });
  std::exception_ptr end;
  asio::co_spawn(
      loop, std::move(work),
      asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error) { end = error; }));
  loop.run();
  return end;
}

// A task that can be cancelled, and how it ended.
class WatchedTask {
 public:
  template <typename Executor>
  WatchedTask(Executor&& executor, asio::awaitable<void> work) {
    auto told = [state = state_](std::exception_ptr error) {
      state->ended = true;
      state->error = error;
    };
    asio::co_spawn(executor, std::move(work),
                   asio::bind_cancellation_slot(state_->stop.slot(), told));
  }

  void cancel() { state_->stop.emit(asio::cancellation_type::terminal); }
  bool waits() const { return !state_->ended; }
  bool succeeded() const { return state_->ended && !state_->error; }
  std::exception_ptr error() const { return state_->error; }

  template <typename Error>
  bool threw() const {
    try {
      rethrow(state_->error);
    } catch (const Error&) {
      return true;
    } catch (...) {
    }
    return false;
  }

  bool failed_with(const std::error_code& code) const {
    try {
      rethrow(state_->error);
    } catch (const std::system_error& failure) {
      return failure.code() == code;
    } catch (...) {
    }
    return false;
  }

 private:
  struct State {
    asio::cancellation_signal stop;
    bool ended = false;
    std::exception_ptr error;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};
