// Waiters: which task is woken, in which order, and what cancelling and destroying do to waiters.
#include "../../../lessons/13-futures/waiters.hpp"

#include <doctest/doctest.h>

#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "lessons/tasks.hpp"

namespace {

using namespace std::chrono_literals;

// Notes its number when it is woken.
asio::awaitable<void> wait_in_line(Waiters& waiters, int number, std::vector<int>& woken) {
  co_await waiters.wait();
  woken.push_back(number);
}

}  // namespace

TEST_SUITE_BEGIN("13-futures");

TEST_CASE("the task that has waited longest is woken first, and one at a time") {
  asio::io_context loop;
  Waiters waiters(loop.get_executor());
  std::vector<int> woken;
  for (int number = 1; number <= 3; ++number) {
    asio::co_spawn(loop, wait_in_line(waiters, number, woken), rethrow);
  }
  loop.poll();
  CHECK(woken.empty());
  CHECK(waiters.wake_one());
  CHECK(woken.empty());  // the wake-up is still in the loop's queue
  loop.poll();
  CHECK(woken == std::vector{1});
  CHECK(waiters.wake_one());
  CHECK(waiters.wake_one());
  CHECK_FALSE(waiters.wake_one());
  loop.run();
  CHECK(woken == std::vector{1, 2, 3});
}

TEST_CASE("a task that does not wait yet is not woken, not even later") {
  asio::io_context loop;
  Waiters waiters(loop.get_executor());
  CHECK_FALSE(waiters.wake_one());
  waiters.wake_all();
  std::vector<int> woken;
  asio::co_spawn(loop, wait_in_line(waiters, 1, woken), rethrow);
  loop.poll();
  CHECK(woken.empty());
  CHECK(waiters.wake_one());
  loop.run();
  CHECK(woken == std::vector{1});
}

TEST_CASE("all are woken once, also if one of them waits again at once") {
  asio::io_context loop;
  Waiters waiters(loop.get_executor());
  std::vector<int> woken;
  const auto twice = [&](int number) -> asio::awaitable<void> {
    co_await wait_in_line(waiters, number, woken);
    co_await wait_in_line(waiters, number + 10, woken);
  };
  asio::co_spawn(loop, twice(1), rethrow);
  asio::co_spawn(loop, twice(2), rethrow);
  loop.poll();
  waiters.wake_all();
  loop.poll();
  CHECK(woken == std::vector{1, 2});
  waiters.wake_all();
  loop.run();
  CHECK(woken == std::vector{1, 2, 11, 12});
}

TEST_CASE("ten thousand wait") {
  asio::io_context loop;
  Waiters waiters(loop.get_executor());
  std::vector<int> woken;
  for (int number = 0; number < 10'000; ++number) {
    asio::co_spawn(loop, wait_in_line(waiters, number, woken), rethrow);
  }
  loop.poll();
  waiters.wake_all();
  loop.run();
  REQUIRE(woken.size() == 10'000);
  CHECK(woken.front() == 0);
  CHECK(woken.back() == 9'999);
}

TEST_CASE("one of several is cancelled: it throws, and the wake-up goes to another") {
  asio::io_context loop;
  Waiters waiters(loop.get_executor());
  std::vector<int> woken;
  WatchedTask first(loop, wait_in_line(waiters, 1, woken));
  WatchedTask second(loop, wait_in_line(waiters, 2, woken));
  WatchedTask third(loop, wait_in_line(waiters, 3, woken));
  loop.poll();
  SUBCASE("before anybody is woken") {
    second.cancel();
    loop.poll();
    CHECK(second.failed_with(asio::experimental::error::channel_cancelled));
    waiters.wake_one();
    waiters.wake_one();
    CHECK_FALSE(waiters.wake_one());
    loop.run();
    CHECK(woken == std::vector{1, 3});
  }
  SUBCASE("and the next is woken before the loop has had a turn") {
    first.cancel();
    waiters.wake_one();
    loop.poll();
    CHECK(first.failed_with(asio::experimental::error::channel_cancelled));
    CHECK(woken == std::vector{2});
    CHECK(third.waits());
    waiters.wake_one();
    loop.run();
  }
  SUBCASE("when it has been woken: then it is awake") {
    waiters.wake_one();
    first.cancel();
    loop.poll();
    CHECK(woken == std::vector{1});
    CHECK_FALSE(first.error());
    waiters.wake_all();
    loop.run();
    CHECK(woken == std::vector{1, 2, 3});
  }
}

TEST_CASE("a task that is cancelled already does not wait") {
  asio::io_context loop;
  Waiters waiters(loop.get_executor());
  const auto late = [&]() -> asio::awaitable<void> {
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::steady_timer timer(loop, 1s);
    asio::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    CHECK(cancelled == asio::error::operation_aborted);
    co_await asio::this_coro::throw_if_cancelled(true);
    co_await waiters.wait();
  };
  WatchedTask task(loop, late());
  loop.poll();
  task.cancel();
  loop.run();
  CHECK(task.failed_with(asio::error::operation_aborted));
}

TEST_CASE("given up after a while, and another task is woken") {
  using namespace asio::experimental::awaitable_operators;
  asio::io_context loop;
  Waiters waiters(loop.get_executor());
  std::vector<int> woken;
  const auto impatient = [&]() -> asio::awaitable<void> {
    const auto end = co_await (waiters.wait() || wait(1s));
    CHECK(end.index() == 1);
  };
  const auto wake = [&]() -> asio::awaitable<void> {
    co_await wait(400s);
    CHECK(waiters.wake_one());
    CHECK_FALSE(waiters.wake_one());
  };
  asio::co_spawn(loop, impatient(), rethrow);
  asio::co_spawn(loop, wait_in_line(waiters, 2, woken), rethrow);
  asio::co_spawn(loop, wake(), rethrow);
  loop.run();
  CHECK(woken == std::vector{2});
}

TEST_CASE("Waiters that go away end the waits") {
  asio::io_context loop;
  auto waiters = std::make_unique<Waiters>(loop.get_executor());
  std::vector<int> woken;
  WatchedTask task(loop, wait_in_line(*waiters, 1, woken));
  loop.poll();
  waiters.reset();
  loop.run();
  CHECK(task.failed_with(asio::experimental::error::channel_cancelled));
}

TEST_CASE("the loop is destroyed while tasks wait, and a destructor wakes") {
  struct Waker {
    std::shared_ptr<Waiters> waiters;
    int& woken;
    ~Waker() {
      woken += waiters->wake_one();
      waiters->wake_all();
    }
  };
  int freed = 0;
  int woken = 0;
  {
    asio::io_context loop;
    auto waiters = std::make_shared<Waiters>(loop.get_executor());
    const auto hold = [&freed, &woken](std::shared_ptr<Waiters> shared,
                                       bool sleeps) -> asio::awaitable<void> {
      const std::shared_ptr<void> note(nullptr, [&freed](void*) { ++freed; });
      const Waker waker{shared, woken};
      if (sleeps) co_await wait(400s);
      co_await shared->wait();
    };
    for (int number = 0; number < 5; ++number) {
      asio::co_spawn(loop, hold(waiters, number % 2 == 1), rethrow);
    }
    waiters.reset();
    loop.poll();
    CHECK(freed == 0);
  }
  CHECK(freed == 5);
  CHECK(woken == 0);
}

TEST_SUITE_END();
