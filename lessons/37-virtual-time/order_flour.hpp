// The code that is tested: it calls the mill until the mill
// answers, and each pause is twice as long as the one before.
// What to look for: the clock is a parameter, and the code uses
// no other.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>

// Answers only from a certain call on.
struct Mill {
  int answers_from;
  int calls = 0;

  bool answers() { return ++calls >= answers_from; }
};

template <typename Clock>
using Timer = asio::basic_waitable_timer<Clock>;

template <typename Clock>
long seconds_since(typename Clock::time_point start) {
  using std::chrono::seconds;
  return std::chrono::round<seconds>(Clock::now() - start)
      .count();
}

template <typename Clock>
asio::awaitable<void> order_flour(Mill& mill) {
  const auto start = Clock::now();
  Timer<Clock> timer(co_await asio::this_coro::executor);
  std::chrono::seconds pause{1};
  while (!mill.answers()) {
    fmt::print("After {}s: no answer\n",
               seconds_since<Clock>(start));
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
    pause *= 2;
  }
  fmt::print("After {}s: flour is ordered\n",
             seconds_since<Clock>(start));
}
