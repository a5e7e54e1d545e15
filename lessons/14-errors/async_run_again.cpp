// Like async.cpp, but run() is called again after the failure.
// Look at when the music comes.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> order(std::string_view what,
                            std::chrono::seconds time) {
  fmt::print("Order {}\n", what);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
  if (what == "flowers") {
    throw std::runtime_error("no flowers left");
  }
  fmt::print("Got {}\n", what);
}

asio::awaitable<void> decorate() {
  co_await order("flowers", 2s);
  fmt::print("Put flowers on the table\n");
}

// A task's exception must not get lost: run() throws it.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, order("cake", 1s), rethrow);
  asio::co_spawn(loop, decorate(), rethrow);
  asio::co_spawn(loop, order("music", 3s), rethrow);
  bool done = false;
  while (!done) {
    try {
      loop.run();
      done = true;
    } catch (const std::runtime_error& error) {
      fmt::print("Caught: {}\n", error.what());
    }
  }

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
