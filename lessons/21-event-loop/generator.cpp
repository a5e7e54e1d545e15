// A function that stops midway, and later goes on. It gives the
// pauses between attempts (back-off): 1, 2, 4, ... seconds. Look
// at the loop in `pauses`, which has no end.
#include <fmt/core.h>

#include <coroutine>

// Owns a suspended function that gives one number at a time.
class Generator {
 public:
  struct promise_type {
    int given = 0;

    Generator get_return_object() { return Generator(*this); }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always yield_value(int number) {
      given = number;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { throw; }
    std::suspend_always final_suspend() noexcept { return {}; }
  };

  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;
  ~Generator() { frame_.destroy(); }

  int next() {
    frame_.resume();
    return frame_.promise().given;
  }

 private:
  explicit Generator(promise_type& promise)
      : frame_(frame_.from_promise(promise)) {}

  std::coroutine_handle<promise_type> frame_;
};

Generator pauses() {
  fmt::print("pauses begins\n");
  for (int seconds = 1;; seconds *= 2) {
    co_yield seconds;
    fmt::print("pauses goes on after {}\n", seconds);
  }
}

int main() {
  Generator pause = pauses();
  fmt::print("main has the generator\n");
  for (int attempt = 1; attempt <= 3; ++attempt) {
    fmt::print("main gets {}\n", pause.next());
  }
}
