// An offer for flour is good for a minute. Look for the clock
// that the test does not move.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "order_flour.hpp"
#include "test_clock.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using std::chrono::system_clock;
using Seconds = std::chrono::duration<double>;

template <typename Clock>
asio::awaitable<void> accept_offer(Mill& mill) {
  const auto start = Clock::now();
  const auto end_of_offer = system_clock::now() + 60s;
  Timer<Clock> timer(co_await asio::this_coro::executor);
  for (auto pause = 1s; !mill.answers(); pause *= 2) {
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
  const bool late = system_clock::now() > end_of_offer;
  fmt::print("After {}s: {}\n", seconds_since<Clock>(start),
             late ? "too late" : "accepted");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Mill mill{8};
  asio::co_spawn(loop, accept_offer<TestClock>(mill), rethrow);
  while (!loop.stopped()) {
    loop.poll();
    TestClock::passed += 1s;
  }

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
