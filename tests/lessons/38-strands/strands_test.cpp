// The sentences of the page about strands, with four threads. What a strand guards is not atomic
// and has no lock: built with the thread sanitizer, these cases would also find a strand that
// fails.
#include <doctest/doctest.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "../../../lessons/20-cpu-bound/run_on.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;

namespace {

using Strand = asio::strand<asio::io_context::executor_type>;

void run_on_four_threads(asio::io_context& loop) {
  std::vector<std::thread> threads;
  for (int number = 1; number <= 4; ++number) {
    threads.emplace_back([&] { loop.run(); });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("handlers of one strand do not overlap, and see what the others wrote") {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  int running = 0;
  int most = 0;
  int count = 0;
  for (int number = 0; number < 400; ++number) {
    asio::post(loop, [&] {  // from four threads
      asio::post(strand, [&] {
        most = std::max(most, ++running);
        std::this_thread::sleep_for(1ms);
        ++count;
        --running;
      });
    });
  }
  run_on_four_threads(loop);
  CHECK(most == 1);
  CHECK(count == 400);
}

TEST_CASE("handlers of the loop, and of several strands, do overlap") {
  asio::io_context loop;
  std::latch all_at_once(4);  // if fewer came, they would wait forever
  for (int number = 0; number < 4; ++number) {
    SUBCASE("the loop") {
      asio::post(loop, [&] { all_at_once.arrive_and_wait(); });
    }
    SUBCASE("strands") {
      asio::post(asio::make_strand(loop), [&] { all_at_once.arrive_and_wait(); });
    }
  }
  run_on_four_threads(loop);
  CHECK(all_at_once.try_wait());
}

TEST_CASE("what one thread posts runs in this order") {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  std::vector<int> order;
  std::vector<int> expected;
  for (int number = 0; number < 100; ++number) {
    asio::post(strand, [&order, number] {
      if (number % 2 == 0) std::this_thread::sleep_for(1ms);  // long enough to be overtaken
      order.push_back(number);
    });
    expected.push_back(number);
  }
  run_on_four_threads(loop);
  CHECK(order == expected);
}

TEST_CASE("a strand belongs to no thread") {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  std::vector<std::thread::id> threads;
  for (int number = 1; number <= 2; ++number) {
    asio::post(strand, [&] { threads.push_back(std::this_thread::get_id()); });
  }
  loop.run_one();
  std::thread other([&] { loop.run(); });
  other.join();
  REQUIRE(threads.size() == 2);
  CHECK(threads[0] != threads[1]);
}

TEST_CASE("on the strand, dispatch calls at once and post does not") {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  std::string order;
  asio::post(strand, [&] {
    asio::post(strand, [&] { order += "posted "; });
    asio::dispatch(strand, [&] { order += "dispatched "; });
    order += "end ";
  });
  run_on_four_threads(loop);
  CHECK(order == "dispatched end posted ");
}

TEST_CASE("dispatch waits for another handler of the strand") {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  std::latch begun(1);
  std::latch dispatched(1);
  std::string order;
  asio::post(strand, [&] {
    begun.count_down();
    dispatched.wait();
    order += "first ";
  });
  asio::post(loop, [&] {
    begun.wait();
    asio::dispatch(strand, [&] { order += "second "; });
    dispatched.count_down();
  });
  run_on_four_threads(loop);
  CHECK(order == "first second ");
}

TEST_CASE("from outside, dispatch may call at once if the strand is free") {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  bool at_once = false;
  asio::post(loop, [&] {
    bool called = false;
    asio::dispatch(strand, [&] { called = true; });
    at_once = called;
  });
  loop.run();
  CHECK(at_once);
}

TEST_CASE("a task is on its strand after each co_await, with its timers") {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  std::vector<bool> on_strand;
  auto task = [&]() -> asio::awaitable<void> {
    on_strand.push_back(strand.running_in_this_thread());
    asio::steady_timer timer(co_await asio::this_coro::executor, 1ms);
    co_await timer.async_wait(asio::use_awaitable);
    on_strand.push_back(strand.running_in_this_thread());
    timer.expires_after(1ms);
    timer.async_wait([&](asio::error_code) {  // its own executor is the timer's
      on_strand.push_back(strand.running_in_this_thread());
    });
  };
  asio::co_spawn(strand, task(), rethrow);
  run_on_four_threads(loop);
  CHECK(on_strand == std::vector{true, true, true});
}

TEST_CASE("bind_executor brings a single handler onto the strand") {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  asio::steady_timer timer(loop, 1ms);
  bool on_strand = false;
  timer.async_wait(asio::bind_executor(
      strand, [&](asio::error_code) { on_strand = strand.running_in_this_thread(); }));
  run_on_four_threads(loop);
  CHECK(on_strand);
}

TEST_CASE("a strand is free while a task of it waits") {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  int waiting = 0;
  int most = 0;
  auto task = [&]() -> asio::awaitable<void> {
    most = std::max(most, ++waiting);
    co_await wait(1s);
    --waiting;
  };
  for (int number = 1; number <= 3; ++number) asio::co_spawn(strand, task(), rethrow);
  run_on_four_threads(loop);
  CHECK(most == 3);
}

TEST_CASE("between two handlers that a task posts to the strand, another one may run") {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  std::string order;
  const auto post_two = [&](std::string name) -> asio::awaitable<void> {
    co_await asio::post(asio::bind_executor(strand, asio::use_awaitable));
    order += name + " checks, ";
    co_await asio::post(asio::bind_executor(strand, asio::use_awaitable));
    order += name + " acts, ";
  };
  asio::co_spawn(loop, post_two("one"), rethrow);
  asio::co_spawn(loop, post_two("other"), rethrow);
  loop.run();
  CHECK(order == "one checks, other checks, one acts, other acts, ");
}

TEST_CASE("run_on goes from one strand to another, and comes back") {
  asio::io_context loop;
  const auto mine = asio::make_strand(loop);
  const auto other = asio::make_strand(loop);
  bool was_there = false;
  bool is_back = false;
  auto task = [&]() -> asio::awaitable<void> {
    auto work = [&] { return other.running_in_this_thread(); };
    was_there = co_await run_on(other, work);
    is_back = mine.running_in_this_thread();
  };
  asio::co_spawn(mine, task(), rethrow);
  run_on_four_threads(loop);
  CHECK(was_there);
  CHECK(is_back);
}

TEST_CASE("a task that is spawned on the loop runs on one thread at a time") {
  asio::io_context loop;
  int count = 0;
  auto task = [&]() -> asio::awaitable<void> {
    for (int step = 0; step < 1000; ++step) {
      ++count;
      co_await asio::post(asio::use_awaitable);
    }
  };
  asio::co_spawn(loop, task(), rethrow);
  run_on_four_threads(loop);
  CHECK(count == 1000);
}
