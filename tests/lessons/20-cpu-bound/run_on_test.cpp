// run_on, against the sentences of its page, with real threads. Nothing here depends on how fast
// they are: where a thread must be busy, it signals that, and waits until it may go on.
#include "../../../lessons/20-cpu-bound/run_on.hpp"

#include <doctest/doctest.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "../../../lessons/20-cpu-bound/primes.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

namespace {

std::thread::id here() {
  return std::this_thread::get_id();
}

// Waits, on another thread, until it is asked to stop. 0 if it is not asked within a minute.
int work_until_stopped(std::stop_token stop) {
  std::promise<void> stopped;
  std::stop_callback callback(stop, [&] { stopped.set_value(); });
  return stopped.get_future().wait_for(60s) == std::future_status::ready ? 7 : 0;
}

}  // namespace

TEST_SUITE_BEGIN("20-cpu-bound");

TEST_CASE("primes are counted right, and the ranges cover each number once") {
  CHECK(count_primes({0, 10}) == 4);
  CHECK(count_primes({2, 3}) == 1);
  CHECK(count_primes({3, 3}) == 0);
  CHECK(count_primes({0, 1000}) == 168);
  CHECK(ranges.front().first == 0);
  for (std::size_t i = 1; i < ranges.size(); ++i) CHECK(ranges[i].first == ranges[i - 1].end);
}

TEST_CASE("a function is called on the place's thread, and its result arrives on the caller's") {
  asio::thread_pool pool(2);
  const auto mine = here();
  auto all = [&]() -> asio::awaitable<void> {
    const auto theirs = co_await run_on(pool, here);
    CHECK(theirs != mine);
    CHECK(here() == mine);
    const auto again = co_await run_on(pool.get_executor(), here);
    CHECK(again != mine);
    CHECK(here() == mine);
    const auto ours = co_await run_on(co_await asio::this_coro::executor, here);
    CHECK(ours == mine);
    CHECK(here() == mine);
  };
  run(all());
}

TEST_CASE("a pool of one thread is always the same thread") {
  asio::thread_pool thread(1);
  auto all = [&]() -> asio::awaitable<void> {
    const auto first = co_await run_on(thread, here);
    const auto second = co_await run_on(thread, here);
    CHECK(first == second);
  };
  run(all());
}

TEST_CASE("from a pool one gets to the loop and back") {
  asio::io_context loop;
  asio::thread_pool pool(1);
  std::thread::id on_pool, on_loop, back;
  auto task = [&]() -> asio::awaitable<void> {
    on_pool = here();
    on_loop = co_await run_on(loop, here);
    back = here();
  };
  auto work = asio::make_work_guard(loop);
  std::exception_ptr failure;
  asio::co_spawn(pool, task(), [&](std::exception_ptr error) {
    failure = error;
    asio::post(loop, [&] { work.reset(); });
  });
  loop.run();
  pool.join();
  CHECK(failure == nullptr);
  CHECK(on_loop == here());
  CHECK(on_pool != here());
  CHECK(back == on_pool);
}

TEST_CASE("a coroutine runs there, and may wait there") {
  asio::thread_pool pool(1);
  auto all = [&]() -> asio::awaitable<void> {
    auto remote = []() -> asio::awaitable<std::thread::id> {
      asio::steady_timer timer(co_await asio::this_coro::executor, 1ms);
      co_await timer.async_wait(asio::use_awaitable);
      co_return here();
    };
    const auto mine = here();
    const auto theirs = co_await run_on(pool, remote());
    CHECK(theirs != mine);
    CHECK(here() == mine);
    bool ran = false;
    auto without_result = [&]() -> asio::awaitable<void> {
      ran = true;
      co_return;
    };
    co_await run_on(pool, without_result());
    CHECK(ran);
    auto fails = []() -> asio::awaitable<int> {
      throw std::runtime_error("a failure");
      co_return 0;
    };
    std::string failure;
    try {
      co_await run_on(pool, fails());
    } catch (const std::runtime_error& error) {
      failure = error.what();
    }
    CHECK(failure == "a failure");
  };
  run(all());
}

TEST_CASE("nothing, what moves, and what cannot be made from nothing come back") {
  struct Ticket {
    explicit Ticket(int number) : number(number) {}
    Ticket(Ticket&&) = default;
    Ticket& operator=(Ticket&&) = delete;
    int number;
  };
  asio::thread_pool pool(2);
  auto all = [&]() -> asio::awaitable<void> {
    int calls = 0;
    auto nothing = [&] { ++calls; };
    co_await run_on(pool, nothing);
    CHECK(calls == 1);
    auto boxed = [] { return std::make_unique<int>(3); };
    const std::unique_ptr<int> box = co_await run_on(pool, boxed);
    CHECK(*box == 3);
    auto make_ticket = [] { return Ticket(4); };
    const Ticket ticket = co_await run_on(pool, make_ticket);
    CHECK(ticket.number == 4);
    // So may the work itself.
    auto owner = [mine = std::make_unique<int>(5)] { return *mine; };
    CHECK(co_await run_on(pool, std::move(owner)) == 5);
  };
  run(all());
}

TEST_CASE("an exception thrown there is caught here, a hundred times over") {
  asio::thread_pool pool(2);
  const auto mine = here();
  auto all = [&]() -> asio::awaitable<void> {
    for (int number = 0; number < 100; ++number) {
      std::string failure;
      auto fail = [number]() -> int { throw std::runtime_error(std::to_string(number)); };
      try {
        co_await run_on(pool, fail);
      } catch (const std::runtime_error& error) {
        failure = error.what();
      }
      CHECK(failure == std::to_string(number));
      CHECK(here() == mine);
    }
  };
  run(all());
}

TEST_CASE("two at once are on two threads") {
  asio::thread_pool pool(2);
  // Each waits until the other is there: on one thread that would take forever.
  std::array<std::promise<void>, 2> arrived;
  auto meet = [&](int me) {
    arrived[me].set_value();
    return arrived[1 - me].get_future().wait_for(60s) == std::future_status::ready;
  };
  auto all = [&]() -> asio::awaitable<void> {
    auto one = [&] { return meet(0); };
    auto other = [&] { return meet(1); };
    const auto [first, second] = co_await (run_on(pool, one) && run_on(pool, other));
    CHECK(first);
    CHECK(second);
  };
  run(all());
}

TEST_CASE("the loop goes on while a thread is busy") {
  asio::thread_pool pool(1);
  std::promise<void> ticked;
  auto wait_for_tick = [&] {
    return ticked.get_future().wait_for(60s) == std::future_status::ready;
  };
  auto tick = [&]() -> asio::awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1ms);
    co_await timer.async_wait(asio::use_awaitable);
    ticked.set_value();
  };
  auto all = [&]() -> asio::awaitable<void> {
    const bool seen = co_await (run_on(pool, wait_for_tick) && tick());
    CHECK(seen);
  };
  run(all());
}

TEST_CASE("a time limit asks the work to stop, and takes what it has until then") {
  asio::thread_pool pool(1);
  auto all = [&]() -> asio::awaitable<void> {
    const int found = co_await wait_for(run_on(pool, work_until_stopped), 1ms);
    CHECK(found == 7);
    // The pool's thread is free again, and the caller goes on.
    CHECK(co_await run_on(pool, [] { return 8; }) == 8);
    auto gives_up = [](std::stop_token stop) {
      work_until_stopped(stop);
      throw std::system_error(make_error_code(asio::error::operation_aborted));
    };
    bool timed_out = false;
    try {
      co_await wait_for(run_on(pool, gives_up), 1ms);
    } catch (const TimedOut&) {
      timed_out = true;
    }
    CHECK(timed_out);
  };
  run(all());
}

TEST_CASE("work that takes no stop_token is awaited to its end") {
  asio::thread_pool pool(1);
  std::atomic<bool> may_end = false;
  auto stubborn = [&] {
    may_end.wait(false);
    return 7;
  };
  auto remote = [&]() -> asio::awaitable<int> { co_return stubborn(); };
  auto all = [&]() -> asio::awaitable<void> {
    for (const bool as_coroutine : {false, true}) {
      may_end = false;
      asio::steady_timer later(co_await asio::this_coro::executor, 20ms);
      later.async_wait([&](asio::error_code) {
        may_end = true;
        may_end.notify_one();
      });
      auto work = as_coroutine ? run_on(pool, remote()) : run_on(pool, stubborn);
      CHECK(co_await wait_for(std::move(work), 1ms) == 7);
    }
  };
  run(all());
}

TEST_CASE("a task that is cancelled already starts nothing") {
  asio::io_context loop;
  asio::thread_pool pool(1);
  asio::cancellation_signal stop;
  bool called = false;
  bool cancelled = false;
  auto work = [&] { called = true; };
  auto task = [&]() -> asio::awaitable<void> {
    stop.emit(asio::cancellation_type::terminal);
    try {
      co_await run_on(pool, work);
    } catch (const std::system_error&) {
      cancelled = is_cancellation(std::current_exception());
    }
  };
  asio::co_spawn(loop, task(),
                 asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr error) {
                   if (error) std::rethrow_exception(error);
                 }));
  loop.run();
  pool.join();
  CHECK(cancelled);
  CHECK_FALSE(called);
}

TEST_CASE("of two sides the one that fails stops the other") {
  asio::thread_pool pool(2);
  auto all = [&]() -> asio::awaitable<void> {
    auto fail = []() -> int { throw std::runtime_error("a failure"); };
    int outcome = 0;
    auto work = [&](std::stop_token stop) { outcome = work_until_stopped(stop); };
    std::string failure;
    try {
      co_await (run_on(pool, work) && run_on(pool, fail));
    } catch (const std::runtime_error& error) {
      failure = error.what();
    }
    CHECK(failure == "a failure");
    CHECK(outcome == 7);
  };
  run(all());
}

TEST_CASE("ten thousand on two threads") {
  asio::io_context loop;
  asio::thread_pool pool(2);
  long sum = 0;  // the loop's own
  for (int number = 0; number < 10'000; ++number) {
    auto work = [number] { return number; };
    asio::co_spawn(loop, run_on(pool, work), [&](std::exception_ptr error, int result) {
      if (error) std::rethrow_exception(error);
      sum += result;
    });
  }
  loop.run();
  CHECK(sum == 49'995'000);
}

TEST_CASE("the pool is destroyed before the loop: what is called ends, what waits is not called") {
  std::promise<void> called;
  std::atomic<bool> may_end = false;
  std::atomic<int> ended = 0;
  bool resumed = false;
  auto alive = std::make_shared<int>(0);
  std::weak_ptr<int> frames = alive;
  std::thread opener;
  {
    asio::io_context loop;
    asio::thread_pool pool(1);
    auto busy = [&] {
      called.set_value();
      may_end.wait(false);
      ++ended;
    };
    auto waiting = [&] { ++ended; };
    auto task = [&](bool first, std::shared_ptr<int>) -> asio::awaitable<void> {
      if (first) {
        co_await run_on(pool, busy);
      } else {
        co_await run_on(pool, waiting);
      }
      resumed = true;
    };
    const auto ignore = [](std::exception_ptr) {};
    asio::co_spawn(loop, task(true, alive), ignore);
    asio::co_spawn(loop, task(false, alive), ignore);
    loop.poll();
    called.get_future().wait();
    pool.stop();
    opener = std::thread([&] {
      may_end = true;
      may_end.notify_one();
    });
  }
  opener.join();
  CHECK(ended == 1);
  CHECK_FALSE(resumed);
  alive.reset();
  CHECK(frames.expired());
}

TEST_SUITE_END();
