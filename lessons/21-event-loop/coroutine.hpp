// A coroutine type for the loop. Look at who calls resume(): at
// the start, the caller that awaits; after each wait, the loop,
// to which a handle is a callback like any other.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "loop.hpp"

// What the promises of all coroutines have in common.
struct Frame {
  Loop* loop = nullptr;
  std::exception_ptr error;
  Loop::Callback at_end;

  std::suspend_always initial_suspend() { return {}; }
  std::suspend_always final_suspend() noexcept {
    if (at_end) loop->call_soon(std::move(at_end));
    return {};
  }
  void unhandled_exception() { error = std::current_exception(); }
};

template <class T>
struct Result : Frame {
  std::optional<T> value;
  void return_value(T given) { value.emplace(std::move(given)); }
};

template <>
struct Result<void> : Frame {
  void return_void() {}
};

// Owns a frame. To await it is to run it.
template <class T>
struct Coroutine {
  struct promise_type : Result<T> {
    Coroutine get_return_object() { return Coroutine(*this); }
  };
  std::coroutine_handle<promise_type> frame;

  explicit Coroutine(promise_type& promise)
      : frame(frame.from_promise(promise)) {}
  Coroutine(Coroutine&& other) noexcept
      : frame(std::exchange(other.frame, nullptr)) {}
  ~Coroutine() {
    if (frame) frame.destroy();
  }

  bool await_ready() const { return frame.done(); }

  // True if the caller has to wait.
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> caller) {
    frame.promise().loop = caller.promise().loop;
    frame.resume();
    frame.promise().at_end = caller;
    return !frame.done();
  }

  T await_resume() {
    auto& ended = frame.promise();
    if (ended.error) std::rethrow_exception(ended.error);
    if constexpr (!std::is_void_v<T>) {
      return std::move(*ended.value);
    }
  }
};
