// A task that is one coroutine frame and nothing else. Look at
// who owns the frame while the task waits.
#pragma once

#include <asio.hpp>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

// What such a coroutine returns. It starts when it is called,
// has no result, and its frame is gone when it ends.
template <typename Allocator = std::allocator<void>>
struct Task {
  struct promise_type {
    using allocator_type = Allocator;

    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    // An exception must not get lost: it ends the program.
    void unhandled_exception() { std::terminate(); }

    // The frame's memory is allocated and freed here.
    static void* operator new(std::size_t size) {
      return Units().allocate(units(size));
    }
    static void operator delete(void* frame, std::size_t size) {
      Units().deallocate(static_cast<Unit*>(frame), units(size));
    }

   private:
    using Unit = std::max_align_t;
    using Units = typename std::allocator_traits<
        Allocator>::template rebind_alloc<Unit>;
    static std::size_t units(std::size_t size) {
      return (size + sizeof(Unit) - 1) / sizeof(Unit);
    }
  };
};

// The handler of an operation that a task awaits. If it is never
// called, because the loop is destroyed, it destroys the frame.
template <typename Promise>
class Resume {
 public:
  using allocator_type = typename Promise::allocator_type;

  explicit Resume(std::coroutine_handle<Promise> frame)
      : frame_(frame) {}
  Resume(Resume&& other) noexcept
      : frame_(std::exchange(other.frame_, nullptr)) {}
  ~Resume() {
    if (frame_) frame_.destroy();
  }

  void operator()(asio::error_code) {
    std::exchange(frame_, nullptr).resume();
  }

  // From here Asio takes the memory for the operation.
  allocator_type get_allocator() const { return {}; }

 private:
  std::coroutine_handle<Promise> frame_;
};

// co_await Expiry{timer} waits until the timer expires.
template <typename Timer>
struct Expiry {
  Timer& timer;

  bool await_ready() const { return false; }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> frame) {
    timer.async_wait(Resume<Promise>(frame));
  }
  void await_resume() const {}
};
