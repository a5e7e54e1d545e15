// Wrong: std::async returns a future of the standard library, which cannot be awaited.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <future>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

const auto loops_thread = std::this_thread::get_id();

// The driver, as delivered. It is not ours to change.
void read_tape(int number) {
  const bool in_loop = std::this_thread::get_id() == loops_thread;
  fmt::print("Start tape {} on {}\n", number, in_loop ? "the loop's thread" : "another thread");
  std::this_thread::sleep_for(1200ms);
  fmt::print("End tape {}\n", number);
}

asio::awaitable<void> read_archive() {
  for (int number = 1; number <= 2; ++number) {
    co_await std::async(std::launch::async, read_tape, number);
  }
  fmt::print("Archive complete\n");
}

asio::awaitable<void> run_display() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int beat = 1; beat <= 5; ++beat) {
    timer.expires_after(500ms);
    co_await timer.async_wait(asio::use_awaitable);
    fmt::print("display beat {}\n", beat);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, read_archive(), rethrow);
  asio::co_spawn(loop, run_display(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
