// A clock that a test moves, and the code of the lesson with it and with a real one.
#include "../../../lessons/37-virtual-time/test_clock.hpp"

#include <doctest/doctest.h>

#include <asio.hpp>
#include <chrono>
#include <string>

#include "../../../lessons/37-virtual-time/order_flour.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;

TEST_CASE("however much real time passes, a timer waits for the test's clock") {
  asio::io_context loop;
  Timer<TestClock> timer(loop, 1s);
  bool expired = false;
  timer.async_wait([&](asio::error_code) { expired = true; });
  asio::steady_timer real(loop, 400s);
  real.wait();
  loop.poll();
  CHECK(!expired);
  TestClock::passed += 999ms;
  loop.poll();
  CHECK(!expired);
  TestClock::passed += 1ms;
  loop.poll();
  CHECK(expired);
  CHECK(loop.stopped());
}

TEST_CASE("what one step passes expires in the order of its deadlines") {
  asio::io_context loop;
  std::string order;
  Timer<TestClock> second(loop, 2s);
  second.async_wait([&](asio::error_code) { order += "2"; });
  Timer<TestClock> first(loop, 1s);
  first.async_wait([&](asio::error_code) { order += "1"; });
  TestClock::passed += 1h;
  loop.poll();
  CHECK(order == "12");
}

TEST_CASE("a wait can be cancelled, and the clock may be set back to zero") {
  TestClock::passed = 0s;
  asio::io_context loop;
  Timer<TestClock> timer(loop, 1s);
  asio::error_code end;
  timer.async_wait([&](asio::error_code error) { end = error; });
  timer.cancel();
  loop.poll();
  CHECK(end == asio::error::operation_aborted);
}

TEST_CASE("the code makes the same calls with either clock") {
  asio::io_context loop;
  Mill mill{5};
  SUBCASE("by the test's clock, in no time") {
    const auto real = steady_clock::now();
    const auto start = TestClock::now();
    const WatchedTask watched(loop, order_flour<TestClock>(mill));
    while (!loop.stopped()) {
      loop.poll();
      if (!loop.stopped()) TestClock::passed += 1s;
    }
    CHECK(watched.succeeded());
    CHECK(TestClock::now() - start == 15s);
    CHECK(steady_clock::now() - real < 1s);  // (of simulated time: the tests run on that clock)
  }
  SUBCASE("by a real one") {
    const auto start = steady_clock::now();
    const WatchedTask watched(loop, order_flour<steady_clock>(mill));
    loop.run();
    CHECK(watched.succeeded());
    CHECK(steady_clock::now() - start >= 15s);
    CHECK(steady_clock::now() - start < 16s);
  }
  CHECK(mill.calls == 5);
}
