// Tests the queue between tasks against what the page of lesson 17 promises.
#include "../../../lessons/17-queues/queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;

namespace {

template <typename T>
asio::awaitable<void> get_into(Queue<T>& queue, std::vector<T>& got) {
  if (auto item = co_await queue.get()) got.push_back(std::move(*item));
}

template <typename T>
asio::awaitable<void> get_all(Queue<T>& queue, std::vector<T>& got) {
  while (auto item = co_await queue.get()) {
    got.push_back(std::move(*item));
    queue.task_done();
  }
}

template <typename T>
asio::awaitable<void> put_all(Queue<T>& queue, std::vector<T> items) {
  for (T& item : items) co_await queue.put(std::move(item));
}

// A loop, a queue on it, and what was got. Whatever `at_once` starts runs within one handler, so
// that no task that is woken in the meantime goes on before it ends.
struct World {
  explicit World(std::size_t capacity) : queue(loop.get_executor(), capacity) {}

  WatchedTask put(int item) { return {loop, queue.put(item)}; }
  WatchedTask get() { return {loop, get_into(queue, got)}; }
  WatchedTask join() { return {loop, queue.join()}; }

  void run() {
    loop.restart();
    loop.poll();
  }

  template <typename Work>
  void at_once(Work work) {
    asio::post(loop, work);
    run();
  }

  // Takes all the remaining items.
  std::vector<int> drain() {
    got.clear();
    asio::co_spawn(loop, get_all(queue, got), rethrow);
    queue.close();
    run();
    return got;
  }

  asio::io_context loop;
  Queue<int> queue;
  std::vector<int> got;
};

using Numbers = std::vector<int>;

Numbers numbers(int from, int to) {
  Numbers all(to - from + 1);
  std::iota(all.begin(), all.end(), from);
  return all;
}

}  // namespace

TEST_SUITE_BEGIN("17-queues");

TEST_CASE("the item that is put first is got first") {
  World world(5);
  const WatchedTask producer(world.loop, put_all(world.queue, numbers(1, 20)));
  const WatchedTask consumer(world.loop, get_all(world.queue, world.got));
  world.run();
  CHECK(producer.succeeded());
  CHECK(consumer.waits());
  CHECK(world.got == numbers(1, 20));
}

TEST_CASE("a queue has at least one place") {
  asio::io_context loop;
  CHECK_THROWS_AS(Queue<int>(loop.get_executor(), 0), std::invalid_argument);
}

TEST_CASE("put waits while the queue is full, and get while it is empty") {
  for (std::size_t capacity : {1, 2, 3}) {
    World world(capacity);
    const WatchedTask waiting = world.get();
    world.run();
    CHECK(waiting.waits());
    for (std::size_t i = 0; i <= capacity; ++i) {
      const WatchedTask put = world.put(static_cast<int>(i));
      world.run();
      CHECK(put.succeeded());
    }
    CHECK(world.got == Numbers{0});
    CHECK(world.queue.size() == capacity);
    const WatchedTask one_more = world.put(7);
    world.run();
    CHECK(one_more.waits());
    CHECK(world.queue.size() == capacity);
    world.get();
    world.run();
    CHECK(one_more.succeeded());
    CHECK(world.queue.size() == capacity);
    CHECK(world.got == Numbers{0, 1});
  }
}

TEST_CASE("no task is suspended that need not wait") {
  World world(3);
  bool ended = false;
  const auto work = [&]() -> asio::awaitable<void> {
    for (int round = 0; round < 1000; ++round) {
      for (int item : {1, 2, 3}) co_await world.queue.put(item);
      for (int item : {1, 2, 3}) {
        const auto got = co_await world.queue.get();
        CHECK(got == item);
        world.queue.task_done();
      }
      co_await world.queue.join();
    }
    ended = true;
  };
  asio::co_spawn(world.loop, work(), rethrow);
  world.loop.run_one();
  CHECK(ended);
}

TEST_CASE("a place goes to the task that has waited longest, and no other slips in") {
  World world(1);
  for (int item : {1, 2, 3}) world.put(item);
  world.run();
  world.at_once([&] {
    world.get();   // makes room, which is promised to the 2
    world.put(4);  // comes last, though the queue is empty now
    CHECK(world.queue.size() == 0);
  });
  for (int i = 0; i < 3; ++i) {
    world.get();
    world.run();
  }
  CHECK(world.got == Numbers{1, 2, 3, 4});
}

TEST_CASE("an item goes to the task that has waited longest, and no other slips in") {
  World world(2);
  Numbers first, second, late;
  asio::co_spawn(world.loop, get_into(world.queue, first), rethrow);
  asio::co_spawn(world.loop, get_into(world.queue, second), rethrow);
  world.run();
  world.at_once([&] {
    world.put(1);
    asio::co_spawn(world.loop, get_into(world.queue, late), rethrow);
    world.put(2);
  });
  CHECK(first == Numbers{1});
  CHECK(second == Numbers{2});
  CHECK(late.empty());
  world.put(3);
  world.run();
  CHECK(late == Numbers{3});
}

TEST_CASE("a get that is cancelled takes nothing") {
  World world(2);
  WatchedTask cancelled = world.get();
  const WatchedTask other = world.get();
  world.run();
  cancelled.cancel();
  world.run();
  CHECK(cancelled.threw<std::system_error>());
  CHECK(other.waits());
  world.put(1);
  world.run();
  CHECK(other.succeeded());
  CHECK(world.got == Numbers{1});
  world.put(2);
  world.run();
  CHECK(world.drain() == Numbers{2});
}

TEST_CASE("a get that has its item already is not cancelled any more") {
  World world(2);
  WatchedTask cancelled = world.get();
  world.run();
  world.at_once([&] {
    world.put(1);
    cancelled.cancel();
  });
  CHECK(cancelled.succeeded());
  CHECK(world.got == Numbers{1});
  CHECK(world.drain().empty());
}

TEST_CASE("a put that is cancelled has put nothing, and its place is free") {
  World world(1);
  world.put(1);
  world.run();
  WatchedTask cancelled = world.put(2);
  const WatchedTask other = world.put(3);
  world.run();
  cancelled.cancel();
  world.run();
  CHECK(cancelled.threw<std::system_error>());
  CHECK(other.waits());
  world.get();
  world.run();
  CHECK(other.succeeded());
  CHECK(world.drain() == Numbers{3});
  // join() does not wait for it, either.
  world.queue.task_done();
  const WatchedTask join = world.join();
  world.run();
  CHECK(join.succeeded());
}

TEST_CASE("a put that has its place already is not cancelled any more") {
  World world(1);
  world.put(1);
  world.run();
  WatchedTask cancelled = world.put(2);
  world.run();
  world.at_once([&] {
    world.get();
    cancelled.cancel();
  });
  CHECK(cancelled.succeeded());
  CHECK(world.drain() == Numbers{2});
}

TEST_CASE("a join that is cancelled changes nothing") {
  World world(1);
  world.put(1);
  WatchedTask cancelled = world.join();
  const WatchedTask other = world.join();
  world.run();
  cancelled.cancel();
  world.run();
  CHECK(cancelled.threw<std::system_error>());
  CHECK(other.waits());
  world.queue.task_done();
  world.run();
  CHECK(other.succeeded());
}

TEST_CASE("a task that is cancelled already gets and puts nothing") {
  World world(1);
  asio::cancellation_signal stop;
  bool asked = false;
  const auto work = [&]() -> asio::awaitable<void> {
    stop.emit(asio::cancellation_type::terminal);
    asked = true;
    co_await world.queue.put(1);
  };
  bool threw = false;
  const auto told = [&](std::exception_ptr error) { threw = error != nullptr; };
  asio::co_spawn(world.loop, work(), asio::bind_cancellation_slot(stop.slot(), told));
  world.run();
  CHECK(asked);
  CHECK(threw);
  CHECK(world.drain().empty());
}

TEST_CASE("a get with a time limit loses nothing, whichever comes first") {
  // The item comes before the limit, after it, and at exactly the same time.
  for (const auto limit : {90ms, 100ms, 110ms}) {
    asio::io_context loop;
    Queue<int> queue(loop.get_executor(), 1);
    Numbers got;
    int timeouts = 0;
    const auto produce = [&]() -> asio::awaitable<void> {
      asio::steady_timer timer(loop, std::chrono::steady_clock::now());
      for (int item = 1; item <= 100; ++item) {
        timer.expires_at(timer.expiry() + 100ms);
        co_await timer.async_wait(asio::use_awaitable);
        co_await queue.put(item);
      }
      queue.close();
    };
    const auto consume = [&]() -> asio::awaitable<void> {
      while (true) {
        try {
          const auto item = co_await wait_for(queue.get(), limit);
          if (!item) break;
          got.push_back(*item);
        } catch (const TimedOut&) {
          ++timeouts;
        }
      }
    };
    asio::co_spawn(loop, produce(), rethrow);
    asio::co_spawn(loop, consume(), rethrow);
    loop.run();
    CHECK(got == numbers(1, 100));
    if (limit == 90ms) CHECK(timeouts > 0);
  }
}

TEST_CASE("an item and the end of a time limit that are seen in one go: nothing is lost") {
  for (const auto limit : {1s, 3s}) {
    World world(1);
    int timeouts = 0;
    const auto consume = [&]() -> asio::awaitable<void> {
      try {
        const auto item = co_await wait_for(world.queue.get(), limit);
        world.got.push_back(item.value());
      } catch (const TimedOut&) {
        ++timeouts;
      }
    };
    const auto produce = [&]() -> asio::awaitable<void> {
      asio::steady_timer timer(world.loop, 2s);
      co_await timer.async_wait(asio::use_awaitable);
      co_await world.queue.put(1);
    };
    asio::co_spawn(world.loop, consume(), rethrow);
    asio::co_spawn(world.loop, produce(), rethrow);
    world.run();
    // In the meantime both timers expire.
    std::this_thread::sleep_for(4s);
    world.loop.restart();
    world.loop.run();
    CHECK(timeouts == (limit == 1s ? 1 : 0));
    Numbers all = world.got;
    for (int item : world.drain()) all.push_back(item);
    CHECK(all == Numbers{1});
  }
}

TEST_CASE("closing loses nothing") {
  for (std::size_t capacity : {1, 7, 10'000}) {
    asio::io_context loop;
    Queue<int> queue(loop.get_executor(), capacity);
    Numbers got;
    const auto feed = [&]() -> asio::awaitable<void> {
      co_await put_all(queue, numbers(1, 10'000));
      queue.close();
    };
    asio::co_spawn(loop, feed(), rethrow);
    asio::co_spawn(loop, get_all(queue, got), rethrow);
    loop.run();
    CHECK(got == numbers(1, 10'000));
  }
}

TEST_CASE("closing wakes all who wait for an item") {
  World world(1);
  const WatchedTask first = world.get(), second = world.get();
  world.run();
  world.queue.close();
  world.run();
  CHECK(first.succeeded());
  CHECK(second.succeeded());
  CHECK(world.got.empty());
}

TEST_CASE("closing wakes all who wait for a place, and tells them") {
  World world(1);
  world.put(1);
  const WatchedTask second = world.put(2), third = world.put(3);
  world.run();
  world.queue.close();
  world.run();
  CHECK(second.threw<QueueClosed>());
  CHECK(third.threw<QueueClosed>());
  CHECK(world.drain() == Numbers{1});
}

TEST_CASE("nothing can be put after closing, and it can be closed again") {
  World world(2);
  world.put(1);
  world.run();
  world.queue.close();
  world.queue.close();
  const WatchedTask late = world.put(2);
  world.run();
  CHECK(late.threw<QueueClosed>());
  CHECK(world.drain() == Numbers{1});
  const WatchedTask after = world.get();
  world.run();
  CHECK(after.succeeded());
}

TEST_CASE("a task that has been given an item before closing has it") {
  World world(1);
  Numbers first, second;
  asio::co_spawn(world.loop, get_into(world.queue, first), rethrow);
  asio::co_spawn(world.loop, get_into(world.queue, second), rethrow);
  world.run();
  world.at_once([&] {
    world.put(1);
    world.queue.close();
  });
  CHECK(first == Numbers{1});
  CHECK(second.empty());
}

TEST_CASE(
    "a task that has been given a place before closing gets the error, and nothing comes after the "
    "end") {
  World world(1);
  world.put(1);
  const WatchedTask second = world.put(2);
  world.run();
  world.at_once([&] {
    world.get();
    world.queue.close();
  });
  CHECK(second.threw<QueueClosed>());
  CHECK(world.got == Numbers{1});
  CHECK(world.drain().empty());
}

TEST_CASE("join waits until all has been dealt with") {
  World world(3);
  const WatchedTask at_once = world.join();
  world.run();
  CHECK(at_once.succeeded());

  world.put(1);
  world.put(2);
  const WatchedTask first = world.join(), second = world.join();
  world.get();
  world.get();
  world.run();
  CHECK(world.queue.size() == 0);
  CHECK(first.waits());
  world.queue.task_done();
  world.run();
  CHECK(first.waits());
  world.queue.task_done();
  world.run();
  CHECK(first.succeeded());
  CHECK(second.succeeded());
}

TEST_CASE("join waits for what is put before it is awake, too") {
  World world(3);
  world.put(1);
  const WatchedTask join = world.join();
  world.get();
  world.run();
  world.at_once([&] {
    world.queue.task_done();
    world.put(2);
  });
  CHECK(join.waits());
  world.queue.task_done();
  world.run();
  CHECK(join.succeeded());
}

TEST_CASE("join waits on in a closed queue") {
  World world(3);
  world.put(1);
  const WatchedTask join = world.join();
  world.run();
  world.queue.close();
  world.run();
  CHECK(join.waits());
  world.get();
  world.run();
  world.queue.task_done();
  world.run();
  CHECK(join.succeeded());
}

TEST_CASE("task_done more often than there were items is an error") {
  World world(3);
  CHECK_THROWS_AS(world.queue.task_done(), std::logic_error);
  world.put(1);
  world.run();
  world.queue.task_done();
  CHECK_THROWS_AS(world.queue.task_done(), std::logic_error);
  const WatchedTask join = world.join();
  world.run();
  CHECK(join.succeeded());
}

TEST_CASE("items may be such as can only be moved") {
  asio::io_context loop;
  Queue<std::unique_ptr<int>> queue(loop.get_executor(), 1);
  std::vector<std::unique_ptr<int>> got;
  const auto feed = [&]() -> asio::awaitable<void> {
    for (int number : {1, 2, 3}) {
      co_await queue.put(std::make_unique<int>(number));
    }
    queue.close();
  };
  asio::co_spawn(loop, feed(), rethrow);
  asio::co_spawn(loop, get_all(queue, got), rethrow);
  loop.run();
  REQUIRE(got.size() == 3);
  CHECK(*got[0] == 1);
  CHECK(*got[2] == 3);
}

TEST_CASE("many producers and consumers") {
  for (std::size_t capacity : {1, 3, 100}) {
    asio::io_context loop;
    Queue<int> queue(loop.get_executor(), capacity);
    std::vector<Numbers> got(7);
    int producing = 10;
    const auto produce = [&](int producer) -> asio::awaitable<void> {
      for (int number = 0; number < 1000; ++number) {
        co_await queue.put(producer * 1000 + number);
        CHECK(queue.size() <= capacity);
      }
      if (--producing == 0) queue.close();
    };
    const auto consume = [&](Numbers& mine) -> asio::awaitable<void> {
      while (auto item = co_await queue.get()) {
        mine.push_back(*item);
        if (*item % 3 == 0) co_await asio::post(asio::use_awaitable);
      }
    };
    for (int producer = 0; producer < 10; ++producer) {
      asio::co_spawn(loop, produce(producer), rethrow);
    }
    for (Numbers& mine : got) asio::co_spawn(loop, consume(mine), rethrow);
    loop.run();

    std::multiset<int> all;
    for (const Numbers& mine : got) {
      all.insert(mine.begin(), mine.end());
      Numbers last(10, -1);
      for (int item : mine) {
        CHECK(last[item / 1000] < item);
        last[item / 1000] = item;
      }
    }
    CHECK(Numbers(all.begin(), all.end()) == numbers(0, 9'999));
  }
}

TEST_CASE("an exception in a consumer costs the others nothing") {
  World world(1);
  const auto fail_at_two = [&]() -> asio::awaitable<void> {
    while (auto item = co_await world.queue.get()) {
      if (*item == 2) throw std::runtime_error("two");
      world.got.push_back(*item);
      co_await asio::post(asio::use_awaitable);
    }
  };
  const WatchedTask failing(world.loop, fail_at_two()), other(world.loop, fail_at_two());
  const WatchedTask producer(world.loop, put_all(world.queue, numbers(1, 100)));
  world.run();
  CHECK((failing.threw<std::runtime_error>() || other.threw<std::runtime_error>()));
  CHECK((failing.waits() || other.waits()));
  CHECK(producer.succeeded());
  CHECK(world.got.size() == 99);
}

TEST_CASE("ten thousand wait for an item") {
  World world(1);
  std::vector<WatchedTask> all;
  for (int i = 0; i < 10'000; ++i) all.push_back(world.get());
  world.run();
  asio::co_spawn(world.loop, put_all(world.queue, numbers(1, 5'000)), rethrow);
  world.run();
  CHECK(world.got == numbers(1, 5'000));
  world.queue.close();
  world.run();
  for (const WatchedTask& one : all) CHECK(one.succeeded());
  CHECK(world.got.size() == 5'000);
}

TEST_CASE("ten thousand wait for a place, and every other one is cancelled") {
  World world(1);
  world.put(0);
  std::vector<WatchedTask> all;
  Numbers expected{0};
  for (int i = 1; i <= 10'000; ++i) {
    all.push_back(world.put(i));
    if (i % 2 == 0) expected.push_back(i);
  }
  world.run();
  for (std::size_t i = 0; i < all.size(); i += 2) all[i].cancel();
  world.run();
  for (std::size_t i = 0; i < all.size(); i += 2) CHECK(all[i].threw<std::system_error>());
  const WatchedTask consumer(world.loop, get_all(world.queue, world.got));
  world.run();
  CHECK(world.got == expected);
}

TEST_CASE("whatever is cancelled, and whenever: each item is got once") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto dice = [&](int sides) { return static_cast<int>(random() % sides); };
    World world(1 + dice(3));
    std::vector<std::pair<int, WatchedTask>> puts;
    std::vector<WatchedTask> gets;
    for (int step = 0; step < 200; ++step) {
      world.at_once([&] {
        for (int action = dice(4); action >= 0; --action) {
          switch (dice(5)) {
            case 0:
            case 1: {
              const int item = static_cast<int>(puts.size());
              puts.emplace_back(item, world.put(item));
              break;
            }
            case 2:
            case 3:
              gets.push_back(world.get());
              break;
            default:
              if (!puts.empty()) puts[dice(static_cast<int>(puts.size()))].second.cancel();
              if (!gets.empty()) gets[dice(static_cast<int>(gets.size()))].cancel();
          }
        }
      });
    }
    Numbers got = world.got;
    world.queue.close();
    world.run();
    const Numbers left = world.drain();
    got.insert(got.end(), left.begin(), left.end());
    Numbers put;
    for (const auto& [item, task] : puts) {
      CHECK(!task.waits());
      if (task.succeeded()) put.push_back(item);
    }
    CHECK(got.size() > 10);
    std::sort(got.begin(), got.end());
    CHECK(got == put);
  }
}

TEST_CASE("a loop that is destroyed frees all who wait, and what they hold") {
  const auto item = std::make_shared<int>(1);
  {
    asio::io_context loop;
    Queue<std::shared_ptr<int>> full(loop.get_executor(), 1), empty(loop.get_executor(), 1);
    std::vector<std::shared_ptr<int>> got;
    for (int i = 0; i < 3; ++i) {
      asio::co_spawn(loop, full.put(item), rethrow);
      asio::co_spawn(loop, get_all(empty, got), rethrow);
      asio::co_spawn(loop, full.join(), rethrow);
    }
    loop.poll();
    CHECK(item.use_count() == 4);
  }
  CHECK(item.use_count() == 1);
}

TEST_CASE("a loop that is destroyed frees a queue that lives in one of its tasks") {
  const auto item = std::make_shared<int>(1);
  {
    asio::io_context loop;
    const auto talk = [&]() -> asio::awaitable<void> {
      Queue<std::shared_ptr<int>> queue(loop.get_executor(), 1);
      std::vector<std::shared_ptr<int>> got;
      asio::co_spawn(loop, get_all(queue, got), rethrow);
      asio::co_spawn(loop, queue.join(), rethrow);
      for (int i = 0; i < 5; ++i) {
        co_await queue.put(item);
      }
      co_await queue.join();
      asio::co_spawn(loop, put_all(queue, {item, item, item}), rethrow);
      asio::steady_timer never(loop, 1h);
      co_await never.async_wait(asio::use_awaitable);
    };
    asio::co_spawn(loop, talk(), rethrow);
    loop.poll();
    CHECK(item.use_count() > 1);
  }
  CHECK(item.use_count() == 1);
}

TEST_SUITE_END();
