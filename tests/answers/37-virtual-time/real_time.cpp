// Wrong: fixed, but the test still waits.
#include <fmt/core.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string>

#include "order_flour.hpp"
#include "test_clock.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// Gives up after 10 seconds, with a last call at that time.
template <typename Clock>
asio::awaitable<std::string> order(Mill& mill) {
  Timer<Clock> timer(co_await asio::this_coro::executor);
  const auto deadline = Clock::now() + 10s;
  for (auto pause = 1s; !mill.answers(); pause *= 2) {
    if (Clock::now() >= deadline) co_return "given up";
    // The fourth pause, of 8s, would end 5s after the deadline.
    timer.expires_at(std::min(Clock::now() + pause, deadline));
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return "ordered";
}

using Clock = steady_clock;

void run(asio::io_context& loop) {
  loop.run();
}

void test(const std::string& name, int answers_from) {
  asio::io_context loop;
  Mill mill{answers_from};
  const auto start = Clock::now();
  auto report = [&](std::exception_ptr error, const std::string& outcome) {
    if (error) std::rethrow_exception(error);
    fmt::print("{}: {} after {}s, {} calls\n", name, outcome, seconds_since<Clock>(start),
               mill.calls);
  };
  asio::co_spawn(loop, order<Clock>(mill), report);
  run(loop);
}

int main() {
  const auto start = steady_clock::now();

  test("Watermill", 2);
  test("Windmill", 4);
  test("Old mill", 1000);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
