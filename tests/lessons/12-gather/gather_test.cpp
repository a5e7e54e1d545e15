// gather and outcome_of, as lesson 12 promises them.
#include <doctest/doctest.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "../../../lessons/12-gather/gather.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

asio::awaitable<int> number_after(milliseconds time, int number) {
  co_await wait(time);
  co_return number;
}

asio::awaitable<int> failure_after(milliseconds time, std::string what) {
  co_await wait(time);
  throw std::runtime_error(what);
}

// The page promises a time, not an upper limit; the waits in between are simulated.
bool took(steady_clock::time_point start, milliseconds time) {
  const auto elapsed = steady_clock::now() - start;
  return elapsed >= time && elapsed < time + 50ms;
}

// What the tasks of a test have done, by number.
struct Log {
  std::vector<int> started;
  std::vector<int> ended;
  std::vector<int> cancelled;
};

asio::awaitable<int> logged(Log& log, int number, milliseconds time) {
  log.started.push_back(number);
  try {
    co_await wait(time);
  } catch (const std::system_error& error) {
    CHECK(error.code() == asio::error::operation_aborted);
    log.cancelled.push_back(number);
    throw;
  }
  log.ended.push_back(number);
  co_return number;
}

// The exception it throws; empty if it ends well. (Nothing can be awaited inside a doctest macro.)
template <typename T>
asio::awaitable<std::exception_ptr> thrown_by(asio::awaitable<T> work) {
  try {
    co_await std::move(work);
  } catch (...) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

std::string message_of(std::exception_ptr error) {
  REQUIRE(error);
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& thrown) {
    return thrown.what();
  } catch (...) {
    return "not a std::exception";
  }
}

bool is_cancellation(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::system_error& thrown) {
    return thrown.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

// No copy, and no default constructor: the least that a result must have.
struct Ticket {
  explicit Ticket(int value) : number(std::make_unique<int>(value)) {}
  std::unique_ptr<int> number;
};

asio::awaitable<Ticket> ticket(int number) {
  co_await wait(milliseconds(100 - number));
  co_return Ticket(number);
}

}  // namespace

TEST_SUITE_BEGIN("12-gather");

TEST_CASE("results come in the order of the vector, whichever task ended first") {
  run([]() -> asio::awaitable<void> {
    const auto start = steady_clock::now();
    Log log;
    Awaitables<int> work;
    const std::array<milliseconds, 5> times{3s, 1s, 4s, 2s, 500ms};
    for (int i = 0; i < 5; ++i) work.push_back(logged(log, i, times[std::size_t(i)]));
    const std::vector<int> results = co_await gather(std::move(work));
    CHECK(results == std::vector{0, 1, 2, 3, 4});
    CHECK(log.started == std::vector{0, 1, 2, 3, 4});
    CHECK(log.ended == std::vector{4, 1, 3, 0, 2});
    CHECK(took(start, 4s));
  }());
}

TEST_CASE("nothing is started before it is awaited") {
  run([]() -> asio::awaitable<void> {
    Log log;
    Awaitables<int> work;
    work.push_back(logged(log, 1, 1s));
    work.push_back(logged(log, 2, 1s));
    auto all = gather(std::move(work));
    co_await wait(5s);
    CHECK(log.started.empty());
    co_await std::move(all);
    CHECK(log.ended == std::vector{1, 2});
  }());
}

TEST_CASE("no task at all") {
  run([]() -> asio::awaitable<void> {
    const auto numbers = co_await gather(Awaitables<int>());
    CHECK(numbers.empty());
    const auto nothings = co_await gather(Awaitables<void>());
    CHECK(nothings.empty());
  }());
}

TEST_CASE("one task") {
  run([]() -> asio::awaitable<void> {
    Awaitables<int> one;
    one.push_back(number_after(1s, 7));
    const std::vector<int> results = co_await gather(std::move(one));
    CHECK(results == std::vector{7});
    Awaitables<int> failing;
    failing.push_back(failure_after(1s, "alone"));
    const auto error = co_await thrown_by(gather(std::move(failing)));
    CHECK(message_of(error) == "alone");
  }());
}

TEST_CASE("tasks without a result are waited for, too") {
  run([]() -> asio::awaitable<void> {
    const auto start = steady_clock::now();
    Awaitables<void> waits;
    for (int i = 1; i <= 3; ++i) waits.push_back(wait(i * 10s));
    const auto nothings = co_await gather(std::move(waits));
    CHECK(nothings.size() == 3);
    CHECK(took(start, 30s));
  }());
}

TEST_CASE("results that can only be moved") {
  run([]() -> asio::awaitable<void> {
    Awaitables<Ticket> work;
    for (int i = 0; i < 7; ++i) work.push_back(ticket(i));
    std::vector<int> numbers;
    for (const Ticket& result : co_await gather(std::move(work))) numbers.push_back(*result.number);
    CHECK(numbers == std::vector{0, 1, 2, 3, 4, 5, 6});
    const Outcome<Ticket> outcome = co_await outcome_of(ticket(3));
    CHECK(*std::get<1>(outcome).number == 3);
  }());
}

asio::awaitable<bool> is_even(int number) {
  co_await wait(1ms);
  co_return number % 2 == 0;
}

TEST_CASE("truths, whose vector has no references to give") {
  run([]() -> asio::awaitable<void> {
    Awaitables<bool> work;
    for (int number = 0; number < 5; ++number) work.push_back(is_even(number));
    const std::vector<bool> expected{true, false, true, false, true};
    CHECK(co_await gather(std::move(work)) == expected);
  }());
}

TEST_CASE("ten thousand tasks") {
  run([]() -> asio::awaitable<void> {
    const auto start = steady_clock::now();
    Awaitables<int> work;
    for (int i = 0; i < 10'000; ++i) work.push_back(number_after(20s - i * 1ms, i));
    const std::vector<int> results = co_await gather(std::move(work));
    REQUIRE(results.size() == 10'000);
    for (int i = 0; i < 10'000; ++i) REQUIRE(results[std::size_t(i)] == i);
    CHECK(took(start, 20s));
  }());
}

TEST_CASE("the failure is passed on at once, whatever its task's place, and cancels the others") {
  for (int failing = 0; failing < 5; ++failing) {
    CAPTURE(failing);
    run([](int failing) -> asio::awaitable<void> {
      const auto start = steady_clock::now();
      Log log;
      Awaitables<int> work;
      for (int i = 0; i < 5; ++i) {
        work.push_back(i == failing ? failure_after(1s, "no answer") : logged(log, i, 400s));
      }
      const auto error = co_await thrown_by(gather(std::move(work)));
      CHECK(message_of(error) == "no answer");
      CHECK(took(start, 1s));
      CHECK(log.started.size() == 4);
      CHECK(log.cancelled.size() == 4);
      CHECK(log.ended.empty());
    }(failing));
  }
}

TEST_CASE("of two failures the earlier one goes on") {
  run([]() -> asio::awaitable<void> {
    // The second fails while it is cancelled.
    const auto spoilt = []() -> asio::awaitable<int> {
      try {
        co_await wait(400s);
      } catch (const std::system_error&) {
        throw std::runtime_error("spoilt");
      }
      co_return 0;
    };
    Awaitables<int> work;
    work.push_back(spoilt());
    work.push_back(failure_after(1s, "no answer"));
    work.push_back(spoilt());
    const auto error = co_await thrown_by(gather(std::move(work)));
    CHECK(message_of(error) == "no answer");
  }());
}

TEST_CASE("gather waits for the tasks that it cancels") {
  run([]() -> asio::awaitable<void> {
    const auto start = steady_clock::now();
    bool tidied = false;
    const auto tidies = [](bool& tidied) -> asio::awaitable<int> {
      bool cancelled = false;
      try {
        co_await wait(400s);
      } catch (const std::system_error&) {
        cancelled = true;
      }
      co_await asio::this_coro::reset_cancellation_state();
      co_await wait(3s);
      tidied = cancelled;
      co_return 0;
    };
    Awaitables<int> work;
    work.push_back(tidies(tidied));
    work.push_back(failure_after(1s, "no answer"));
    const auto error = co_await thrown_by(gather(std::move(work)));
    CHECK(message_of(error) == "no answer");
    CHECK(tidied);
    CHECK(took(start, 4s));
  }());
}

TEST_CASE("a failure before the first wait lets the others start, and then cancels them") {
  run([]() -> asio::awaitable<void> {
    const auto start = steady_clock::now();
    const auto refuse = []() -> asio::awaitable<int> {
      throw std::invalid_argument("refused");
      co_return 0;
    };
    for (std::size_t place = 0; place < 3; ++place) {
      CAPTURE(place);
      Log log;
      Awaitables<int> work;
      for (std::size_t i = 0; i < 3; ++i) {
        work.push_back(i == place ? refuse() : logged(log, int(i), 400s));
      }
      const auto error = co_await thrown_by(gather(std::move(work)));
      CHECK(message_of(error) == "refused");
      CHECK(log.started.size() == 2);
      CHECK(log.cancelled.size() == 2);
    }
    CHECK(took(start, 0s));
  }());
}

TEST_CASE("an exception of any type goes on") {
  run([]() -> asio::awaitable<void> {
    const auto throws = []() -> asio::awaitable<int> {
      co_await wait(1s);
      throw 42;
    };
    Awaitables<int> work;
    work.push_back(number_after(400s, 1));
    work.push_back(throws());
    const auto error = co_await thrown_by(gather(std::move(work)));
    REQUIRE(error);
    CHECK_THROWS_AS(std::rethrow_exception(error), int);
  }());
}

TEST_CASE("cancelled from outside, it cancels all and waits for them") {
  Log log;
  const auto start = steady_clock::now();
  const auto error = end_of_cancelled_after(1s, [](Log& log) -> asio::awaitable<void> {
    Awaitables<int> work;
    for (int i = 0; i < 5; ++i) work.push_back(logged(log, i, 400s));
    co_await gather(std::move(work));
  }(log));
  REQUIRE(error);
  CHECK(is_cancellation(error));
  CHECK(log.cancelled.size() == 5);
  CHECK(took(start, 1s));
}

TEST_CASE("outcomes: failures and results beside each other, and no task is cancelled") {
  run([]() -> asio::awaitable<void> {
    const auto start = steady_clock::now();
    Awaitables<Outcome<int>> work;
    work.push_back(outcome_of(number_after(3s, 1)));
    work.push_back(outcome_of(failure_after(1s, "no answer")));
    work.push_back(outcome_of(number_after(2s, 3)));
    const auto outcomes = co_await gather(std::move(work));
    REQUIRE(outcomes.size() == 3);
    CHECK(std::get<int>(outcomes[0]) == 1);
    CHECK(message_of(std::get<0>(outcomes[1])) == "no answer");
    CHECK(std::get<int>(outcomes[2]) == 3);
    CHECK(took(start, 3s));
  }());
}

TEST_CASE("the outcome of a task without a result") {
  run([]() -> asio::awaitable<void> {
    const auto fail = []() -> asio::awaitable<void> {
      throw std::runtime_error("no answer");
      co_return;
    };
    const Outcome<void> good = co_await outcome_of(wait(1s));
    CHECK(good.index() == 1);
    const Outcome<void> bad = co_await outcome_of(fail());
    CHECK(message_of(std::get<0>(bad)) == "no answer");
  }());
}

TEST_CASE("a result that is an exception pointer is not a failure") {
  run([]() -> asio::awaitable<void> {
    const auto kept = []() -> asio::awaitable<std::exception_ptr> {
      co_return std::make_exception_ptr(std::runtime_error("kept"));
    };
    const auto outcome = co_await outcome_of(kept());
    CHECK(outcome.index() == 1);
  }());
}

TEST_CASE("outcomes, cancelled from outside: each says so, and the next wait throws") {
  std::size_t cancelled = 0;
  bool went_on = false;
  const auto error = end_of_cancelled_after(
      1s, [](std::size_t& cancelled, bool& went_on) -> asio::awaitable<void> {
        Awaitables<Outcome<int>> work;
        for (int i = 0; i < 5; ++i) work.push_back(outcome_of(number_after(400s, i)));
        for (const auto& outcome : co_await gather(std::move(work))) {
          if (is_cancellation(std::get<0>(outcome))) ++cancelled;
        }
        co_await wait(1s);
        went_on = true;
      }(cancelled, went_on));
  CHECK(cancelled == 5);
  CHECK_FALSE(went_on);
  REQUIRE(error);
  CHECK(is_cancellation(error));
}

TEST_CASE("the loop is destroyed while all wait") {
  const auto alive = std::make_shared<int>(0);
  {
    asio::io_context loop;
    const auto holds = [](std::shared_ptr<int>) -> asio::awaitable<int> {
      co_await wait(400s);
      co_return 0;
    };
    Awaitables<int> work;
    Awaitables<Outcome<int>> outcomes;
    for (int i = 0; i < 100; ++i) work.push_back(holds(alive));
    for (int i = 0; i < 100; ++i) outcomes.push_back(outcome_of(holds(alive)));
    const auto unexpected = [](std::exception_ptr, const auto&) { FAIL("it did not end"); };
    asio::co_spawn(loop, gather(std::move(work)), unexpected);
    asio::co_spawn(loop, gather(std::move(outcomes)), unexpected);
    loop.run_for(1s);
    CHECK(alive.use_count() > 200);
  }
  CHECK(alive.use_count() == 1);
}

TEST_CASE("a gather that is never awaited frees its tasks") {
  const auto alive = std::make_shared<int>(0);
  const auto holds = [](std::shared_ptr<int>) -> asio::awaitable<int> { co_return 0; };
  {
    Awaitables<int> work;
    for (int i = 0; i < 100; ++i) work.push_back(holds(alive));
    const auto never = gather(std::move(work));
    CHECK(alive.use_count() > 100);
  }
  CHECK(alive.use_count() == 1);
}

TEST_SUITE_END();
