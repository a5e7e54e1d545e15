// Lock, Semaphore and Event: which task gets in, in which order, and that nothing is lost when a
// task that waits or holds is cancelled, throws or is destroyed.
#include <doctest/doctest.h>

#include <algorithm>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "../../../lessons/19-synchronisation/event.hpp"
#include "../../../lessons/19-synchronisation/lock.hpp"
#include "../../../lessons/19-synchronisation/semaphore.hpp"
#include "lessons/tasks.hpp"

namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

// The order of entering, how many are inside, and how many there were at most.
struct Room {
  int inside = 0;
  int most = 0;
  std::vector<int> entered;
};

class Visit {
 public:
  Visit(Room& room, int who) : room_(room) {
    room_.entered.push_back(who);
    room_.most = std::max(room_.most, ++room_.inside);
  }
  ~Visit() { --room_.inside; }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  Room& room_;
};

asio::awaitable<void> visit(Semaphore semaphore, Room& room, int who,
                            std::chrono::milliseconds time) {
  const auto permit = co_await semaphore.acquire();
  const Visit visit(room, who);
  co_await wait(time);
}

// How often `semaphore` can be acquired without waiting.
std::size_t permits_left(asio::io_context& loop, Semaphore semaphore) {
  std::size_t got = 0;
  const auto take_all = [&]() -> asio::awaitable<void> {
    std::vector<Semaphore::Permit> taken;
    while (semaphore.free() > 0) {
      taken.push_back(co_await semaphore.acquire());
      ++got;
    }
  };
  asio::co_spawn(loop, take_all(), rethrow);
  loop.restart();
  loop.poll();
  return got;
}

}  // namespace

TEST_SUITE_BEGIN("19-synchronisation");

TEST_CASE("a lock lets one in, in the order of coming") {
  asio::io_context loop;
  Lock lock(loop.get_executor());
  Room room;
  const auto enter = [&](int who) -> asio::awaitable<void> {
    const auto guard = co_await lock.acquire();
    CHECK(lock.locked());
    const Visit visit(room, who);
    co_await wait(1s);
  };
  CHECK_FALSE(lock.locked());
  for (int who = 1; who <= 5; ++who) asio::co_spawn(loop, enter(who), rethrow);
  const auto start = std::chrono::steady_clock::now();
  loop.run();
  CHECK(room.most == 1);
  CHECK(room.entered == std::vector{1, 2, 3, 4, 5});
  CHECK(std::chrono::steady_clock::now() - start >= 5s);
  CHECK_FALSE(lock.locked());
}

TEST_CASE("a task that comes at the moment of release queues behind those that wait") {
  asio::io_context loop;
  Lock lock(loop.get_executor());
  std::vector<int> order;
  // The greedy task gives it back and asks for it again at once.
  const auto greedy = [&]() -> asio::awaitable<void> {
    for (int turn = 0; turn < 3; ++turn) {
      const auto guard = co_await lock.acquire();
      order.push_back(0);
      co_await wait(1s);
    }
  };
  const auto modest = [&](int who) -> asio::awaitable<void> {
    const auto guard = co_await lock.acquire();
    order.push_back(who);
    co_await wait(1s);
  };
  asio::co_spawn(loop, greedy(), rethrow);
  asio::co_spawn(loop, modest(1), rethrow);
  asio::co_spawn(loop, modest(2), rethrow);
  loop.run();
  CHECK(order == std::vector{0, 1, 2, 0, 0});
}

TEST_CASE("an exception in the critical section releases") {
  asio::io_context loop;
  Lock lock(loop.get_executor());
  bool second = false;
  const auto fail = [&]() -> asio::awaitable<void> {
    const auto guard = co_await lock.acquire();
    co_await wait(1s);
    throw std::runtime_error("a failure");
  };
  const auto enter = [&]() -> asio::awaitable<void> {
    const auto guard = co_await lock.acquire();
    second = true;
  };
  WatchedTask failing(loop, fail());
  asio::co_spawn(loop, enter(), rethrow);
  loop.run();
  CHECK(failing.error());
  CHECK(second);
  CHECK_FALSE(lock.locked());
}

TEST_CASE("a guard holds until it is destroyed, whichever task has it") {
  asio::io_context loop;
  Lock lock(loop.get_executor());
  std::optional<Lock::Guard> kept;
  const auto take = [&]() -> asio::awaitable<void> {
    auto guard = co_await lock.acquire();
    kept.emplace(std::move(guard));
  };
  asio::co_spawn(loop, take(), rethrow);
  loop.run();
  CHECK(lock.locked());
  kept.reset();
  CHECK_FALSE(lock.locked());
}

TEST_CASE("a permit that takes the place of another gives that back") {
  asio::io_context loop;
  Semaphore semaphore(loop.get_executor(), 2);
  const auto take = [&]() -> asio::awaitable<void> {
    Semaphore::Permit permit;
    CHECK(semaphore.free() == 2);
    permit = co_await semaphore.acquire();
    permit = co_await semaphore.acquire();
    CHECK(semaphore.free() == 1);
    Semaphore::Permit same = std::move(permit);
    permit = std::move(same);
    CHECK(semaphore.free() == 1);
    permit = Semaphore::Permit();
    CHECK(semaphore.free() == 2);
  };
  asio::co_spawn(loop, take(), rethrow);
  loop.run();
}

TEST_CASE("an acquire that is not awaited, and a guard without a name, hold nothing") {
  asio::io_context loop;
  Lock lock(loop.get_executor());
  const auto forget = [&]() -> asio::awaitable<void> {
    { auto unused = lock.acquire(); }
    CHECK_FALSE(lock.locked());
    co_await lock.acquire();
    CHECK_FALSE(lock.locked());
  };
  asio::co_spawn(loop, forget(), rethrow);
  loop.run();
}

TEST_CASE("a lock outlives its name while a task waits for it or holds it") {
  asio::io_context loop;
  Room room;
  {
    Semaphore semaphore(loop.get_executor(), 1);
    for (int who = 1; who <= 3; ++who) {
      asio::co_spawn(loop, visit(semaphore, room, who, 1s), rethrow);
    }
    asio::co_spawn(loop, semaphore.acquire(),
                   [](std::exception_ptr error, auto) { rethrow(error); });
  }
  loop.run();
  CHECK(room.entered == std::vector{1, 2, 3});
}

TEST_CASE("a semaphore lets so many in, and no more") {
  asio::io_context loop;
  const std::size_t permits = 3;
  Semaphore semaphore(loop.get_executor(), permits);
  Room room;
  for (int who = 0; who < 10; ++who) {
    asio::co_spawn(loop, visit(semaphore, room, who, 1s + who * 10ms), rethrow);
  }
  loop.run();
  CHECK(room.most == 3);
  CHECK(room.entered == std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(semaphore.free() == permits);
}

TEST_CASE("without permits no task gets in, and the loop can still be destroyed") {
  asio::io_context loop;
  Semaphore semaphore(loop.get_executor(), 0);
  Room room;
  asio::co_spawn(loop, visit(semaphore, room, 1, 1s), rethrow);
  loop.poll();
  CHECK(room.entered.empty());
}

TEST_CASE("a cancelled waiter loses no permit") {
  asio::io_context loop;
  Semaphore semaphore(loop.get_executor(), 1);
  Room room;
  WatchedTask first(loop, visit(semaphore, room, 1, 1s));
  WatchedTask second(loop, visit(semaphore, room, 2, 1s));
  WatchedTask third(loop, visit(semaphore, room, 3, 1s));
  loop.poll();
  REQUIRE(room.entered == std::vector{1});
  SUBCASE("while it waits") {
    second.cancel();
    loop.run();
    CHECK(second.threw<std::system_error>());
    CHECK(room.entered == std::vector{1, 3});
  }
  SUBCASE("all who wait") {
    second.cancel();
    third.cancel();
    loop.run();
    CHECK(room.entered == std::vector{1});
  }
  SUBCASE("just before it would be handed the permit") {
    second.cancel();
    first.cancel();
    loop.run();
    CHECK(second.threw<std::system_error>());
    CHECK(room.entered == std::vector{1, 3});
  }
  SUBCASE("the holder, and then all others") {
    first.cancel();
    second.cancel();
    third.cancel();
    loop.run();
    CHECK(first.threw<std::system_error>());
  }
  CHECK(room.inside == 0);
  CHECK(semaphore.free() == 1);
  CHECK(permits_left(loop, semaphore) == 1);
}

TEST_CASE("cancelled when the permit is handed over: it passes on") {
  asio::io_context loop;
  Semaphore semaphore(loop.get_executor(), 1);
  Room room;
  std::optional<Semaphore::Permit> held;
  const auto hold = [&]() -> asio::awaitable<void> {
    auto permit = co_await semaphore.acquire();
    held.emplace(std::move(permit));
  };
  asio::co_spawn(loop, hold(), rethrow);
  loop.poll();
  WatchedTask second(loop, visit(semaphore, room, 2, 1s));
  WatchedTask third(loop, visit(semaphore, room, 3, 1s));
  loop.restart();
  loop.poll();
  held.reset();     // hands the permit to the second, which is not resumed yet
  second.cancel();  // and so gets as far as its next wait
  loop.restart();
  loop.run();
  CHECK(second.threw<std::system_error>());
  CHECK(room.entered == std::vector{2, 3});
  CHECK(semaphore.free() == 1);
}

TEST_CASE("given up after a while, even at the moment in which it succeeds") {
  asio::io_context loop;
  Semaphore semaphore(loop.get_executor(), 1);
  int gave_up = 0;
  int got = 0;
  const auto impatient = [&](std::chrono::milliseconds limit) -> asio::awaitable<void> {
    auto first = co_await (semaphore.acquire() || wait(limit));
    if (first.index() == 0) {
      ++got;
    } else {
      ++gave_up;
    }
  };
  Room room;
  asio::co_spawn(loop, visit(semaphore, room, 1, 2s), rethrow);
  for (const auto limit : {1000ms, 1999ms, 2000ms, 2001ms, 3000ms}) {
    asio::co_spawn(loop, impatient(limit), rethrow);
  }
  loop.run();
  CHECK(gave_up + got == 5);
  CHECK(gave_up >= 2);
  CHECK(got >= 1);
  CHECK(semaphore.free() == 1);
}

TEST_CASE("ten thousand want in") {
  asio::io_context loop;
  Semaphore semaphore(loop.get_executor(), 10);
  Room room;
  for (int who = 0; who < 10'000; ++who) {
    asio::co_spawn(loop, visit(semaphore, room, who, 1ms), rethrow);
  }
  loop.run();
  CHECK(room.most == 10);
  REQUIRE(room.entered.size() == 10'000);
  CHECK(room.entered.back() == 9'999);
  CHECK(semaphore.free() == 10);
}

TEST_CASE("permits are kept in a vector, and go in any order") {
  asio::io_context loop;
  Semaphore semaphore(loop.get_executor(), 3);
  const auto take = [&]() -> asio::awaitable<void> {
    std::vector<Semaphore::Permit> permits;
    for (int i = 0; i < 3; ++i) permits.push_back(co_await semaphore.acquire());
    CHECK(semaphore.free() == 0);
    permits.pop_back();
    CHECK(semaphore.free() == 1);
    permits.clear();
    CHECK(semaphore.free() == 3);
  };
  asio::co_spawn(loop, take(), rethrow);
  loop.run();
}

TEST_CASE("the loop is destroyed while one holds and others wait") {
  int freed = 0;
  {
    asio::io_context loop;
    Lock lock(loop.get_executor());
    const auto enter = [](Lock shared, int& count) -> asio::awaitable<void> {
      const std::shared_ptr<void> note(nullptr, [&count](void*) { ++count; });
      const auto guard = co_await shared.acquire();
      co_await wait(400s);
    };
    SUBCASE("some wait") {
      for (int who = 0; who < 4; ++who) asio::co_spawn(loop, enter(lock, freed), rethrow);
      loop.poll();
    }
    SUBCASE("one has been handed the lock, and was not resumed") {
      WatchedTask holder(loop, enter(lock, freed));
      for (int who = 0; who < 3; ++who) asio::co_spawn(loop, enter(lock, freed), rethrow);
      loop.poll();
      holder.cancel();
      loop.run_one();
      loop.run_one();
    }
    SUBCASE("nothing has run yet") {
      for (int who = 0; who < 4; ++who) asio::co_spawn(loop, enter(lock, freed), rethrow);
      freed += 4;  // these have not got as far as their note
    }
  }
  CHECK(freed == 4);
}

TEST_CASE("an event lets all tasks pass, and those that come later") {
  asio::io_context loop;
  Event event(loop.get_executor());
  std::vector<int> passed;
  const auto wait = [&](int who) -> asio::awaitable<void> {
    co_await event.wait();
    passed.push_back(who);
  };
  for (int who = 1; who <= 3; ++who) asio::co_spawn(loop, wait(who), rethrow);
  loop.poll();
  CHECK(passed.empty());
  CHECK_FALSE(event.is_set());
  event.set();
  event.set();  // is not an error
  CHECK(event.is_set());
  loop.poll();
  CHECK(passed == std::vector{1, 2, 3});
  loop.restart();
  asio::co_spawn(loop, wait(4), rethrow);
  loop.run();
  CHECK(passed == std::vector{1, 2, 3, 4});
}

TEST_CASE("an event that is cleared has to be waited for again") {
  asio::io_context loop;
  Event event(loop.get_executor());
  int passed = 0;
  const auto wait = [&]() -> asio::awaitable<void> {
    co_await event.wait();
    ++passed;
  };
  asio::co_spawn(loop, wait(), rethrow);
  loop.poll();
  event.set();
  event.clear();  // a task that was woken passes all the same
  asio::co_spawn(loop, wait(), rethrow);
  loop.poll();
  CHECK(passed == 1);
  event.set();
  loop.run();
  CHECK(passed == 2);
}

TEST_CASE("one who waits for an event is cancelled, the others are not") {
  asio::io_context loop;
  Event event(loop.get_executor());
  int passed = 0;
  const auto wait = [&]() -> asio::awaitable<void> {
    co_await event.wait();
    ++passed;
  };
  WatchedTask first(loop, wait());
  WatchedTask second(loop, wait());
  loop.poll();
  first.cancel();
  loop.poll();
  CHECK(first.threw<std::system_error>());
  CHECK(second.waits());
  event.set();
  loop.run();
  CHECK(passed == 1);
}

TEST_CASE("ten thousand wait for one event, which outlives its name") {
  asio::io_context loop;
  int passed = 0;
  const auto pass_at_start = [&passed](Event event) -> asio::awaitable<void> {
    co_await event.wait();
    ++passed;
  };
  const auto fire = [](Event event) -> asio::awaitable<void> {
    co_await wait(400s);
    event.set();
  };
  {
    Event event(loop.get_executor());
    for (int who = 0; who < 10'000; ++who) asio::co_spawn(loop, pass_at_start(event), rethrow);
    asio::co_spawn(loop, fire(event), rethrow);
    asio::co_spawn(loop, event.wait(), rethrow);
  }
  loop.run();
  CHECK(passed == 10'000);
}

TEST_CASE("the loop is destroyed while tasks wait for an event, which a destructor sets") {
  struct Setter {
    Event event;
    ~Setter() { event.set(); }
  };
  int freed = 0;
  {
    asio::io_context loop;
    Event event(loop.get_executor());
    const auto wait = [&freed](Event shared) -> asio::awaitable<void> {
      const std::shared_ptr<void> note(nullptr, [&freed](void*) { ++freed; });
      const Setter setter{shared};
      co_await shared.wait();
    };
    for (int who = 0; who < 3; ++who) asio::co_spawn(loop, wait(event), rethrow);
    loop.poll();
  }
  CHECK(freed == 3);
}

TEST_SUITE_END();
