// An event that many tasks wait for. Look at what it remembers
// for the tasks that come later.
#pragma once

#include <asio.hpp>
#include <memory>

#include "../13-futures/waiters.hpp"

// A handle: its copies are the same event.
class Event {
 public:
  explicit Event(asio::any_io_executor executor)
      : state_(std::make_shared<State>(executor)) {}

  // Wakes all tasks that wait, and lets later ones pass.
  void set() {
    state_->set = true;
    state_->waiters.wake_all();
  }

  // From now on tasks have to wait again.
  void clear() { state_->set = false; }

  bool is_set() const { return state_->set; }

  asio::awaitable<void> wait() const { return wait_for(state_); }

 private:
  struct State {
    explicit State(asio::any_io_executor executor)
        : waiters(executor) {}

    bool set = false;
    Waiters waiters;
  };

  static asio::awaitable<void> wait_for(
      std::shared_ptr<State> state) {
    if (!state->set) co_await state->waiters.wait();
  }

  std::shared_ptr<State> state_;
};
