// A result that is set later, for any number of waiting tasks.
// Look at what the copies of a future have in common.
#pragma once

#include <asio.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "waiters.hpp"

struct FutureCancelled : std::runtime_error {
  FutureCancelled()
      : std::runtime_error("the future was cancelled") {}
};

// The result was requested too early, or set a second time.
struct InvalidState : std::logic_error {
  using std::logic_error::logic_error;
};

// A handle: its copies are the same future.
template <typename T>
class Future {
 public:
  explicit Future(asio::any_io_executor executor)
      : state_(std::make_shared<State>(executor)) {}

  void set_result(T value) {
    must_not_be_done();
    state_->value = std::move(value);
    state_->waiters.wake_all();
  }

  void set_exception(std::exception_ptr error) {
    must_not_be_done();
    if (!error)
      throw std::invalid_argument("no exception to set");
    state_->error = std::move(error);
    state_->waiters.wake_all();
  }

  // False if it is too late to cancel.
  bool cancel() {
    if (done()) return false;
    state_->cancelled = true;
    set_exception(std::make_exception_ptr(FutureCancelled()));
    return true;
  }

  bool done() const { return state_->value || state_->error; }
  bool cancelled() const { return state_->cancelled; }

  // Does not wait. Throws the exception if one was set.
  T& result() const {
    if (!done()) throw InvalidState("the future is not done");
    if (state_->error) std::rethrow_exception(state_->error);
    return *state_->value;
  }

  // Waits until the future is done, one way or another.
  asio::awaitable<void> wait() const { return until_done(*this); }

  // Waits, and returns a copy of the result.
  asio::awaitable<T> get() const { return result_of(*this); }

 private:
  struct State {
    explicit State(asio::any_io_executor executor)
        : waiters(executor) {}

    std::optional<T> value;
    std::exception_ptr error;
    bool cancelled = false;
    Waiters waiters;
  };

  void must_not_be_done() const {
    if (done()) throw InvalidState("the future is done already");
  }

  // Each keeps a copy of the future while it waits.
  static asio::awaitable<void> until_done(Future future) {
    if (!future.done()) co_await future.state_->waiters.wait();
  }

  static asio::awaitable<T> result_of(Future future) {
    co_await until_done(future);
    co_return future.result();
  }

  std::shared_ptr<State> state_;
};
