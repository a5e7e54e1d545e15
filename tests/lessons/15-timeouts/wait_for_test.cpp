// Tests wait_for against the sentences of its page. In simulated time 400 seconds pass in no time.
#include "../../../lessons/15-timeouts/wait_for.hpp"

#include <doctest/doctest.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "lessons/tasks.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;

namespace {

using Duration = steady_clock::duration;

// What happened, in order.
using Diary = std::vector<std::string>;

// A wait that says how it ended.
asio::awaitable<int> noted_sleep(Duration time, Diary& diary) {
  struct Note {
    ~Note() { diary.push_back(finished ? "finished" : "stopped"); }
    Diary& diary;
    bool finished = false;
  } note{diary};
  co_await wait(time);
  note.finished = true;
  co_return 42;
}

asio::awaitable<int> fail_after(Duration time) {
  co_await wait(time);
  throw std::runtime_error("a failure");
}

asio::awaitable<int> value_at_once(int value) {
  co_return value;
}

asio::awaitable<int> fail_at_once() {
  throw std::runtime_error("a failure");
  co_return 0;
}

// How `work` ended: "" if it returned, otherwise what it threw.
asio::awaitable<std::string> ending_of(asio::awaitable<void> work) {
  try {
    co_await std::move(work);
  } catch (const TimedOut&) {
    co_return "TimedOut";
  } catch (const std::exception& error) {
    const bool cancelled = is_cancellation(std::current_exception());
    co_return cancelled ? "cancelled" : error.what();
  }
  co_return "";
}

asio::awaitable<std::string> ending_of(asio::awaitable<int> work) {
  auto without_result = [](asio::awaitable<int> task) -> asio::awaitable<void> {
    co_await std::move(task);
  };
  auto task = without_result(std::move(work));
  co_return co_await ending_of(std::move(task));
}

template <typename T>
T run(asio::awaitable<T> work) {
  asio::io_context loop;
  std::optional<T> result;
  asio::co_spawn(loop, std::move(work), [&](std::exception_ptr error, T value) {
    if (error) std::rethrow_exception(error);
    result.emplace(std::move(value));
  });
  loop.run();
  REQUIRE(result.has_value());
  return std::move(*result);
}

// Simulated time passes only in waits: all but a thousandth of it is exact.
class StopWatch {
 public:
  void check(Duration expected) const {
    const Duration elapsed = steady_clock::now() - start_;
    CHECK(elapsed >= expected);
    CHECK(elapsed < expected + 10ms);
  }

 private:
  steady_clock::time_point start_ = steady_clock::now();
};

// Cancels `work` after `time`, as the owner of a task does, and says how it ended.
std::string cancelled_after(Duration time, asio::awaitable<int> work) {
  asio::io_context loop;
  asio::cancellation_signal stop;
  asio::steady_timer timer(loop, time);
  std::string ending = "it has not ended";
  asio::co_spawn(
      loop, ending_of(std::move(work)),
      asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error, std::string how) {
        if (error) std::rethrow_exception(error);
        ending = how;
      }));
  timer.async_wait([&](asio::error_code) { stop.emit(asio::cancellation_type::terminal); });
  loop.run();
  return ending;
}

}  // namespace

TEST_SUITE_BEGIN("15-timeouts");

TEST_CASE("work that ends within the limit gives its result, at once") {
  const StopWatch watch;
  CHECK(run(wait_for(value_at_once(7), 1s)) == 7);
  watch.check(0s);
  Diary diary;
  CHECK(run(wait_for(noted_sleep(500ms, diary), 1s)) == 42);
  watch.check(500ms);
  CHECK(diary == Diary{"finished"});
}

TEST_CASE("work that is late is cancelled, and has ended when TimedOut is thrown") {
  const StopWatch watch;
  Diary diary;
  auto work = [&]() -> asio::awaitable<int> {
    try {
      co_await wait_for(noted_sleep(400s, diary), 1s);
      diary.push_back("a result");
    } catch (const TimedOut& error) {
      diary.push_back(error.what());
    }
    co_return 0;
  };
  run(work());
  CHECK(diary == Diary{"stopped", "timeout"});
  watch.check(1s);
}

TEST_CASE("a failure goes on at once") {
  const StopWatch watch;
  CHECK(run(ending_of(wait_for(fail_at_once(), 1s))) == "a failure");
  watch.check(0s);
  CHECK(run(ending_of(wait_for(fail_after(500ms), 1s))) == "a failure");
  watch.check(500ms);
}

TEST_CASE("a cancellation that is not ours is a failure, and no time-out") {
  const StopWatch watch;
  auto closes_itself = []() -> asio::awaitable<int> {
    co_await wait(500ms);
    throw std::system_error(make_error_code(asio::error::operation_aborted));
  };
  CHECK(run(ending_of(wait_for(closes_itself(), 1s))) == "cancelled");
  watch.check(500ms);
  // The same if the time is up when that is seen: the thread has overslept both.
  auto with_busy_thread = [&]() -> asio::awaitable<int> {
    asio::post(co_await asio::this_coro::executor, [] { std::this_thread::sleep_for(2s); });
    co_return co_await wait_for(closes_itself(), 501ms);
  };
  CHECK(run(ending_of(with_busy_thread())) == "cancelled");
}

TEST_CASE("the limit may be zero, negative, or far beyond the end of time") {
  const StopWatch watch;
  for (const Duration limit : {Duration(0s), Duration(-1s), Duration::min()}) {
    Diary diary;
    CHECK(run(ending_of(wait_for(noted_sleep(400s, diary), limit))) == "TimedOut");
    CHECK(diary == Diary{"stopped"});  // so it has been started
    CHECK(run(wait_for(value_at_once(7), limit)) == 7);
    CHECK(run(ending_of(wait_for(fail_at_once(), limit))) == "a failure");
  }
  watch.check(0s);
  CHECK(run(ending_of(wait_for(wait(400s), Duration::max()))) == "");
  watch.check(400s);
}

TEST_CASE(
    "work without a result, with one that moves, and with one that cannot be made from nothing") {
  struct Ticket {
    explicit Ticket(int number) : number(number) {}
    Ticket(Ticket&&) = default;
    Ticket& operator=(Ticket&&) = delete;
    int number;
  };
  auto all = []() -> asio::awaitable<int> {
    co_await wait_for(wait(500ms), 1s);
    auto boxed = [](int number) -> asio::awaitable<std::unique_ptr<int>> {
      co_await wait(500ms);
      co_return std::make_unique<int>(number);
    };
    const std::unique_ptr<int> box = co_await wait_for(boxed(3), 1s);
    auto ticket = [](int number) -> asio::awaitable<Ticket> {
      co_await wait(500ms);
      co_return Ticket(number);
    };
    const Ticket mine = co_await wait_for(ticket(4), 1s);
    auto socket = []() -> asio::awaitable<asio::ip::tcp::socket> {
      co_return asio::ip::tcp::socket(co_await asio::this_coro::executor);
    };
    const auto connection = co_await wait_for(socket(), 1s);
    CHECK_FALSE(connection.is_open());
    bool timed_out = false;
    try {
      co_await wait_for(ticket(5), 100ms);
    } catch (const TimedOut&) {
      timed_out = true;
    }
    CHECK(timed_out);
    co_return *box + mine.number;
  };
  CHECK(run(all()) == 7);
}

TEST_CASE("a result that comes exactly at the limit is not discarded") {
  // The work waits for a message. It is sent shortly before the limit, or shortly after it, and the
  // loop learns of both in one look, because its thread has overslept.
  for (const Duration sent_after : {999ms, 1001ms}) {
    asio::io_context loop;
    asio::experimental::channel<void(std::exception_ptr, int)> channel(loop);
    asio::steady_timer postman(loop, sent_after);
    bool delivered = false;
    postman.async_wait([&](asio::error_code) { delivered = channel.try_send(nullptr, 7); });
    std::string ending = "it has not ended";
    int result = 0;
    auto work = [&]() -> asio::awaitable<void> {
      auto received = [&]() -> asio::awaitable<void> {
        result = co_await wait_for(channel.async_receive(asio::use_awaitable), 1s);
      };
      ending = co_await ending_of(received());
    };
    asio::co_spawn(loop, work(), [](std::exception_ptr error) { CHECK(error == nullptr); });
    asio::post(loop, [] { std::this_thread::sleep_for(2s); });
    loop.run();
    CAPTURE(sent_after.count());
    // What was sent has arrived, and what was not sent is a time-out.
    CHECK(delivered == (sent_after < 1s));
    CHECK(result == (delivered ? 7 : 0));
    CHECK(ending == (delivered ? "" : "TimedOut"));
  }
}

TEST_CASE("a result or an exception of the work after the limit is passed on") {
  const StopWatch watch;
  auto insists = [](bool fails) -> asio::awaitable<int> {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await wait(3s);
    if (fails) throw std::runtime_error("a failure");
    co_return 7;
  };
  CHECK(run(wait_for(insists(false), 1s)) == 7);
  watch.check(3s);
  CHECK(run(ending_of(wait_for(insists(true), 1s))) == "a failure");
  watch.check(6s);
  auto translates = []() -> asio::awaitable<int> {
    try {
      co_await wait(400s);
    } catch (const std::system_error&) {
      throw std::runtime_error("the line went dead");
    }
    co_return 0;
  };
  CHECK(run(ending_of(wait_for(translates(), 1s))) == "the line went dead");
  watch.check(7s);
  auto other_error = []() -> asio::awaitable<int> {
    try {
      co_await wait(400s);
    } catch (const std::system_error&) {
      throw std::system_error(make_error_code(asio::error::connection_reset));
    }
    co_return 0;
  };
  CHECK(run(ending_of(wait_for(other_error(), 1s))) ==
        make_error_code(asio::error::connection_reset).message());
  auto catches = []() -> asio::awaitable<int> {
    try {
      co_await wait(400s);
    } catch (const std::system_error&) {
    }
    co_return 8;
  };
  CHECK(run(wait_for(catches(), 1s)) == 8);
  auto blocks = []() -> asio::awaitable<int> {
    std::this_thread::sleep_for(3s);
    co_return 9;
  };
  CHECK(run(wait_for(blocks(), 1s)) == 9);
}

TEST_CASE("work that catches the cancellation stays cancelled") {
  const StopWatch watch;
  int attempts = 0;
  auto tries_again = [&]() -> asio::awaitable<void> {
    while (attempts < 5) {
      ++attempts;
      try {
        co_await wait(400s);
      } catch (const std::system_error&) {
      }
    }
  };
  CHECK(run(ending_of(wait_for(tries_again(), 1s))) == "");
  CHECK(attempts == 5);
  watch.check(1s);
}

TEST_CASE("a wait for a channel times out like any other") {
  auto receive = []() -> asio::awaitable<int> {
    asio::experimental::channel<void(std::exception_ptr, int)> channel(
        co_await asio::this_coro::executor);
    co_return co_await wait_for(channel.async_receive(asio::use_awaitable), 1s);
  };
  const StopWatch watch;
  CHECK(run(ending_of(receive())) == "TimedOut");
  watch.check(1s);
}

TEST_CASE("work that is cancelled from outside is not timed out") {
  const StopWatch watch;
  Diary diary;
  CHECK(cancelled_after(500ms, wait_for(noted_sleep(400s, diary), 1s)) == "cancelled");
  CHECK(diary == Diary{"stopped"});
  watch.check(500ms);  // the timer does not hold the loop
  // The same if the work takes its time to end, and the timer has ended before it.
  auto cleans_up = []() -> asio::awaitable<int> {
    std::exception_ptr failure;
    try {
      co_await wait(400s);
    } catch (const std::system_error&) {
      failure = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state();
    co_await wait(200ms);
    std::rethrow_exception(failure);
    co_return 0;
  };
  CHECK(cancelled_after(500ms, wait_for(cleans_up(), 1s)) == "cancelled");
  CHECK(run(ending_of(wait_for(cleans_up(), 1s))) == "TimedOut");
}

TEST_CASE("of two limits the first counts, the inner one or the outer one") {
  const StopWatch watch;
  Diary diary;
  auto nested = [&](Duration inner, Duration outer) -> asio::awaitable<int> {
    auto work = [&](Duration limit) -> asio::awaitable<int> {
      try {
        co_return co_await wait_for(noted_sleep(400s, diary), limit);
      } catch (const TimedOut&) {
        diary.push_back("the inner one");
        throw;
      }
    };
    co_return co_await wait_for(work(inner), outer);
  };
  CHECK(run(ending_of(nested(1s, 2s))) == "TimedOut");
  CHECK(diary == Diary{"stopped", "the inner one"});
  watch.check(1s);
  diary.clear();
  CHECK(run(ending_of(nested(2s, 1s))) == "TimedOut");
  CHECK(diary == Diary{"stopped"});  // the inner limit was not over
  watch.check(2s);
  CHECK(cancelled_after(500ms, nested(2s, 1s)) == "cancelled");
}

TEST_CASE("one task may set one limit after the other") {
  const StopWatch watch;
  auto again_and_again = []() -> asio::awaitable<int> {
    int timeouts = 0;
    for (int attempt = 0; attempt < 3; ++attempt) {
      try {
        co_await wait_for(wait(400s), 1s);
      } catch (const TimedOut&) {
        ++timeouts;
      }
    }
    co_return timeouts;
  };
  CHECK(run(again_and_again()) == 3);
  watch.check(3s);
}

TEST_CASE("a limit around two that run side by side ends both") {
  const StopWatch watch;
  Diary diary;
  auto both = [&]() -> asio::awaitable<int> {
    const auto [one, other] = co_await (noted_sleep(400s, diary) && noted_sleep(300s, diary));
    co_return one + other;
  };
  CHECK(run(ending_of(wait_for(both(), 1s))) == "TimedOut");
  CHECK(diary == Diary{"stopped", "stopped"});
  watch.check(1s);
}

TEST_CASE("ten thousand of them") {
  const StopWatch watch;
  asio::io_context loop;
  int results = 0, timeouts = 0;
  for (int number = 0; number < 10'000; ++number) {
    auto work = [](Duration time) -> asio::awaitable<int> {
      co_await wait(time);
      co_return 1;
    };
    asio::co_spawn(loop, wait_for(work(number % 2 == 0 ? 1s : 400s), 100s),
                   [&](std::exception_ptr error, int value) {
                     results += value;
                     if (error) ++timeouts;
                   });
  }
  loop.run();
  CHECK(results == 5'000);
  CHECK(timeouts == 5'000);
  const Duration at_least = 100s;
  watch.check(at_least);
}

TEST_CASE("work that is not started is only destroyed") {
  bool started = false;
  auto work = [&]() -> asio::awaitable<int> {
    started = true;
    co_return 0;
  };
  { auto waiting = wait_for(work(), 1s); }
  CHECK_FALSE(started);
}

TEST_CASE("the loop is destroyed while they wait") {
  Diary diary;
  {
    asio::io_context loop;
    asio::co_spawn(loop, wait_for(noted_sleep(400s, diary), 100s),
                   [](std::exception_ptr, int) { FAIL("it cannot have ended"); });
    loop.run_for(1s);
    CHECK(diary.empty());
  }
  CHECK(diary == Diary{"stopped"});
}

TEST_SUITE_END();
