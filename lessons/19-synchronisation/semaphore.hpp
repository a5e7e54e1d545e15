// A number of permits that tasks share. Look at which task gets
// a permit that another gives back.
#pragma once

#include <asio.hpp>
#include <cstddef>
#include <memory>
#include <utility>

#include "../13-futures/waiters.hpp"

// A handle: its copies are the same semaphore.
class Semaphore {
  struct State {
    State(asio::any_io_executor executor, std::size_t permits)
        : free(permits), waiters(executor) {}

    std::size_t free;  // 0 while a task waits
    Waiters waiters;
  };

 public:
  // Returned by acquire(). Its destructor gives it back.
  class Permit {
   public:
    Permit() = default;  // holds nothing; Asio needs it
    Permit(Permit&&) = default;
    Permit& operator=(Permit other) noexcept {
      state_.swap(other.state_);
      return *this;
    }
    ~Permit() {
      if (state_ && !state_->waiters.wake_one()) ++state_->free;
    }

   private:
    friend class Semaphore;
    explicit Permit(std::shared_ptr<State> state)
        : state_(std::move(state)) {}

    std::shared_ptr<State> state_;
  };

  Semaphore(asio::any_io_executor executor, std::size_t permits)
      : state_(std::make_shared<State>(executor, permits)) {}

  // Waits for a permit: first come, first served.
  asio::awaitable<Permit> acquire() const {
    return acquire_from(state_);
  }

  std::size_t free() const { return state_->free; }

 private:
  static asio::awaitable<Permit> acquire_from(
      std::shared_ptr<State> state) {
    if (state->free > 0) {
      --state->free;
    } else {
      co_await state->waiters.wait();  // is handed a permit
    }
    co_return Permit(std::move(state));
  }

  std::shared_ptr<State> state_;
};
