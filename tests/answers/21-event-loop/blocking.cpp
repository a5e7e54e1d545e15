// Sleeps until the gate is open: the porter cannot come, because he is on the same thread.
#include <fmt/core.h>

#include <chrono>
#include <coroutine>
#include <exception>
#include <string_view>
#include <thread>
#include <vector>

#include "little_asio.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

class Gate {
 public:
  explicit Gate(Loop& loop) : loop_(loop) {}

  void open() { is_open_ = true; }

  bool await_ready() const { return is_open_; }
  void await_suspend(std::coroutine_handle<> visitor) {
    while (!is_open_) std::this_thread::sleep_for(100ms);
    loop_.call_soon(visitor);
  }
  void await_resume() const {}

 private:
  Loop& loop_;
  bool is_open_ = false;
  std::vector<std::coroutine_handle<>> waiting_;
};

asio::awaitable<void> pass(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> visit(std::string_view name, Gate& gate, int& inside,
                            std::chrono::milliseconds way) {
  co_await pass(way);
  fmt::print("{} comes to the gate\n", name);
  co_await gate;
  fmt::print("{} goes in as number {}\n", name, ++inside);
}

// The porter is in the way until the last line of this function.
asio::awaitable<void> unlock(Gate& gate, int& inside) {
  co_await pass(2s);
  gate.open();
  fmt::print("The gate is open, with {} inside\n", inside);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Gate gate(loop);
  int inside = 0;
  asio::co_spawn(loop, unlock(gate, inside), rethrow);
  asio::co_spawn(loop, visit("Ada", gate, inside, 500ms), rethrow);
  asio::co_spawn(loop, visit("Ben", gate, inside, 1s), rethrow);
  asio::co_spawn(loop, visit("Cem", gate, inside, 3s), rethrow);
  int rounds = 0;
  for (; !loop.stopped(); ++rounds) {
    loop.wait();
    loop.poll();
  }

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
  fmt::print("The loop had {} sleep\n", rounds < 20 ? "enough" : "no");
}
