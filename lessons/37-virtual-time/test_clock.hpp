// A clock that stands still until a test moves it. What to look
// for: Asio needs to know only how to ask it for the time, and
// how long to sleep before it asks again.
#pragma once

#include <asio.hpp>
#include <chrono>

struct TestClock {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<TestClock>;
  static constexpr bool is_steady = false;

  static time_point now() { return time_point(passed); }
  // One for the whole process: each test measures from its own
  // start.
  static inline duration passed{};
};

// How long, in real time, Asio may go without looking at the
// clock. Zero, because a test may move the clock at any time.
template <>
struct asio::wait_traits<TestClock> {
  static TestClock::duration to_wait_duration(
      const TestClock::duration&) {
    return TestClock::duration::zero();
  }
  static TestClock::duration to_wait_duration(
      const TestClock::time_point&) {
    return TestClock::duration::zero();
  }
};
