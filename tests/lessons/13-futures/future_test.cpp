// Future: the value that was set is read, once set it stays, and waiting survives cancellation and
// destruction.
#include "../../../lessons/13-futures/future.hpp"

#include <doctest/doctest.h>

#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "lessons/tasks.hpp"

namespace {

using namespace std::chrono_literals;

struct Lost : std::runtime_error {
  Lost() : std::runtime_error("lost") {}
};

std::exception_ptr lost() {
  return std::make_exception_ptr(Lost());
}

// What a task received: the result, or an exception.
struct Outcome {
  bool ended = false;
  std::string value;
  std::exception_ptr error;

  template <typename Error>
  bool failed_with() const {
    try {
      rethrow(error);
    } catch (const Error&) {
      return true;
    } catch (...) {
    }
    return false;
  }
};

void wait_for(asio::io_context& loop, const Future<std::string>& future, Outcome& outcome) {
  asio::co_spawn(loop, future.get(), [&](std::exception_ptr error, std::string value) {
    outcome = {true, std::move(value), error};
  });
}

}  // namespace

TEST_SUITE_BEGIN("13-futures");

TEST_CASE("done and cancelled") {
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  CHECK_FALSE(future.done());
  CHECK_FALSE(future.cancelled());
  CHECK_THROWS_AS(future.result(), InvalidState);
  SUBCASE("a result") {
    future.set_result("a book");
    CHECK(future.done());
    CHECK_FALSE(future.cancelled());
    CHECK(future.result() == "a book");
  }
  SUBCASE("an exception") {
    future.set_exception(lost());
    CHECK(future.done());
    CHECK_FALSE(future.cancelled());
    CHECK_THROWS_AS(future.result(), Lost);
    CHECK_THROWS_AS(future.result(), Lost);
  }
  SUBCASE("cancelled: that is done as well") {
    CHECK(future.cancel());
    CHECK(future.done());
    CHECK(future.cancelled());
    CHECK_THROWS_AS(future.result(), FutureCancelled);
  }
}

TEST_CASE("a future that is done stays as it is") {
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  SUBCASE("a result") {
    future.set_result("a book");
  }
  SUBCASE("an exception") {
    future.set_exception(lost());
  }
  SUBCASE("cancelled") {
    future.cancel();
  }
  const bool cancelled = future.cancelled();
  Outcome before;
  wait_for(loop, future, before);
  CHECK_THROWS_AS(future.set_result("a lamp"), InvalidState);
  CHECK_THROWS_AS(future.set_exception(lost()), InvalidState);
  CHECK_FALSE(future.cancel());
  CHECK(future.cancelled() == cancelled);
  Outcome after;
  wait_for(loop, future, after);
  loop.run();
  CHECK(before.value == after.value);
  CHECK(before.failed_with<Lost>() == after.failed_with<Lost>());
  CHECK(before.failed_with<FutureCancelled>() == cancelled);
  CHECK(after.failed_with<FutureCancelled>() == cancelled);
}

TEST_CASE("no exception is not an exception") {
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  CHECK_THROWS_AS(future.set_exception(nullptr), std::invalid_argument);
  CHECK_FALSE(future.done());
}

TEST_CASE("all tasks that wait get it, and those that come later") {
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  std::vector<Outcome> outcomes(4);
  for (int waiter = 0; waiter < 3; ++waiter) wait_for(loop, future, outcomes[waiter]);
  loop.poll();
  CHECK_FALSE(outcomes[0].ended);
  SUBCASE("a result, a copy each") {
    future.set_result("a book");
    loop.run();
    loop.restart();
    wait_for(loop, future, outcomes[3]);
    loop.run();
    for (const Outcome& outcome : outcomes) CHECK(outcome.value == "a book");
    CHECK(future.result() == "a book");
  }
  SUBCASE("an exception") {
    future.set_exception(lost());
    loop.run();
    loop.restart();
    wait_for(loop, future, outcomes[3]);
    loop.run();
    for (const Outcome& outcome : outcomes) CHECK(outcome.failed_with<Lost>());
  }
  SUBCASE("cancelled") {
    future.cancel();
    loop.run();
    loop.restart();
    wait_for(loop, future, outcomes[3]);
    loop.run();
    for (const Outcome& outcome : outcomes) CHECK(outcome.failed_with<FutureCancelled>());
  }
}

TEST_CASE("no wake-up is lost between the question and the wait") {
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  std::vector<Outcome> outcomes(3);
  // Before the loop runs, in the same turn, and by a task that is started by the waiting one.
  wait_for(loop, future, outcomes[0]);
  asio::post(loop, [&] {
    wait_for(loop, future, outcomes[1]);
    future.set_result("a book");
    wait_for(loop, future, outcomes[2]);
  });
  loop.run();
  for (const Outcome& outcome : outcomes) CHECK(outcome.value == "a book");
}

TEST_CASE("wait() waits however it ends, and throws nothing of that") {
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  bool ended = false;
  asio::co_spawn(loop, future.wait(), [&](std::exception_ptr error) {
    CHECK_FALSE(error);
    ended = true;
  });
  loop.poll();
  CHECK_FALSE(ended);
  SUBCASE("a result") {
    future.set_result("a book");
  }
  SUBCASE("an exception") {
    future.set_exception(lost());
  }
  SUBCASE("cancelled") {
    future.cancel();
  }
  loop.run();
  CHECK(ended);
}

TEST_CASE("waiting takes until it is set") {
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  const auto start = std::chrono::steady_clock::now();
  const auto set = [](Future<std::string> later) -> asio::awaitable<void> {
    co_await wait(400s);
    later.set_result("a book");
  };
  Outcome outcome;
  wait_for(loop, future, outcome);
  asio::co_spawn(loop, set(future), rethrow);
  loop.run();
  CHECK(outcome.value == "a book");
  CHECK(std::chrono::steady_clock::now() - start > 399s);
}

TEST_CASE("a waiter is cancelled: not the future, nor the other waiters") {
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  asio::cancellation_signal cancel;
  Outcome cancelled;
  asio::co_spawn(
      loop, future.get(),
      asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, std::string value) {
        cancelled = {true, std::move(value), error};
      }));
  Outcome other;
  wait_for(loop, future, other);
  loop.poll();
  SUBCASE("before it is set") {
    cancel.emit(asio::cancellation_type::terminal);
    loop.poll();
    CHECK(cancelled.failed_with<std::system_error>());
    CHECK_FALSE(other.ended);
    CHECK_FALSE(future.done());
    future.set_result("a book");
  }
  SUBCASE("at the moment in which it is set, and before") {
    cancel.emit(asio::cancellation_type::terminal);
    future.set_result("a book");
    loop.poll();
    CHECK(cancelled.failed_with<std::system_error>());
  }
  SUBCASE("at the moment in which it is set, and after") {
    future.set_result("a book");
    cancel.emit(asio::cancellation_type::terminal);
    loop.poll();
    CHECK(cancelled.value == "a book");
  }
  loop.run();
  CHECK(other.value == "a book");
}

TEST_CASE("a task that gives up after a second may ask again") {
  using namespace asio::experimental::awaitable_operators;
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  const auto ask = [](Future<std::string> later) -> asio::awaitable<void> {
    const auto first = co_await (later.get() || wait(1s));
    CHECK(first.index() == 1);
    CHECK_FALSE(later.done());
    const auto second = co_await (later.get() || wait(400s));
    CHECK(std::get<0>(second) == "a book");
  };
  const auto set = [](Future<std::string> later) -> asio::awaitable<void> {
    co_await wait(2s);
    later.set_result("a book");
  };
  asio::co_spawn(loop, ask(future), rethrow);
  asio::co_spawn(loop, set(future), rethrow);
  loop.run();
}

TEST_CASE("a result that can only be moved") {
  asio::io_context loop;
  Future<std::unique_ptr<int>> future(loop.get_executor());
  int got = 0;
  const auto take = [&got](Future<std::unique_ptr<int>> later) -> asio::awaitable<void> {
    co_await later.wait();
    const std::unique_ptr<int> mine = std::move(later.result());
    got = *mine;
    CHECK_FALSE(later.result());
  };
  asio::co_spawn(loop, take(future), rethrow);
  loop.poll();
  future.set_result(std::make_unique<int>(42));
  loop.run();
  CHECK(got == 42);
}

TEST_CASE("results that are not made by default, and that are exceptions") {
  struct Ticket {
    explicit Ticket(int seat) : seat(seat) {}
    int seat;
  };
  asio::io_context loop;
  Future<Ticket> ticket(loop.get_executor());
  ticket.set_result(Ticket(3));
  CHECK(ticket.result().seat == 3);
  Future<std::exception_ptr> reason(loop.get_executor());
  reason.set_result(nullptr);
  CHECK(reason.done());
  CHECK_FALSE(reason.result());
}

TEST_CASE("copies are the same future, and one is enough") {
  asio::io_context loop;
  Outcome outcome;
  std::optional<Future<std::string>> setter;
  {
    Future<std::string> future(loop.get_executor());
    setter = future;
    wait_for(loop, future, outcome);
  }
  SUBCASE("set by the last copy that is left") {
    setter->set_result("a book");
    setter.reset();
    loop.run();
  }
  SUBCASE("set while a task waits") {
    loop.poll();
    setter->set_result("a book");
    setter.reset();
    loop.run();
  }
  CHECK(outcome.value == "a book");
}

TEST_CASE("a value is set by a callback of a foreign kind") {
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  asio::steady_timer timer(loop, 1s);
  timer.async_wait([future](std::error_code) mutable { future.set_result("a book"); });
  Outcome outcome;
  wait_for(loop, future, outcome);
  loop.run();
  CHECK(outcome.value == "a book");
}

TEST_CASE("ten thousand wait for one, and one for ten thousand") {
  asio::io_context loop;
  Future<std::string> future(loop.get_executor());
  int got = 0;
  const auto count = [&got](Future<std::string> later) -> asio::awaitable<void> {
    const std::string content = co_await later.get();
    got += content == "a book";
  };
  for (int waiter = 0; waiter < 10'000; ++waiter) asio::co_spawn(loop, count(future), rethrow);
  loop.poll();
  future.set_result("a book");
  loop.run();
  CHECK(got == 10'000);

  std::vector<Future<std::string>> many;
  for (int i = 0; i < 10'000; ++i) many.emplace_back(loop.get_executor());
  const auto one = [&]() -> asio::awaitable<void> {
    for (const Future<std::string>& each : many) co_await count(each);
  };
  loop.restart();
  asio::co_spawn(loop, one(), rethrow);
  loop.poll();
  for (Future<std::string>& each : many) each.set_result("a book");
  loop.run();
  CHECK(got == 20'000);
}

TEST_CASE("no task waits for it, and no task sets it") {
  asio::io_context loop;
  Future<std::string> unheard(loop.get_executor());
  unheard.set_exception(lost());
  Future<std::string> unset(loop.get_executor());
  CHECK(loop.run() == 0);
}

TEST_CASE("the loop is destroyed while tasks wait, and a destructor sets") {
  struct Setter {
    Future<std::string> future;
    ~Setter() {
      if (!future.done()) future.set_result("too late");
    }
  };
  int freed = 0;
  int got = 0;
  {
    asio::io_context loop;
    const auto wait = [&](Future<std::string> later) -> asio::awaitable<void> {
      const std::shared_ptr<void> note(nullptr, [&freed](void*) { ++freed; });
      const Setter setter{later};
      const std::string content = co_await later.get();
      ++got;
    };
    Future<std::string> future(loop.get_executor());
    for (int waiter = 0; waiter < 3; ++waiter) asio::co_spawn(loop, wait(future), rethrow);
    loop.poll();
  }
  CHECK(freed == 3);
  CHECK(got == 0);
}

TEST_SUITE_END();
