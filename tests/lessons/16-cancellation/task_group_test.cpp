// Tests the task group of lesson 16, in simulated time: which tasks are started, cancelled and
// waited for, and what is passed on to the task that waits.
#include "../../../lessons/16-cancellation/task_group.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <asio/experimental/awaitable_operators.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../../lessons/16-cancellation/stove.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// What happened, each with its time in tenths of a second: "soup 1.0".
class Diary {
 public:
  void note(std::string what) {
    const std::chrono::duration<double> time = steady_clock::now() - start_;
    lines_.push_back(fmt::format("{} {:.1f}", what, time.count()));
  }
  std::string text() const { return fmt::format("{}", fmt::join(lines_, ", ")); }

 private:
  steady_clock::time_point start_ = steady_clock::now();
  std::vector<std::string> lines_;
};

std::string reason(std::exception_ptr error) {
  if (!error) return "done";
  if (is_cancellation(error)) return "cancelled";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

asio::awaitable<void> noted_wait(Diary& diary, std::string name, milliseconds time) {
  std::exception_ptr failure;
  try {
    co_await wait(time);
  } catch (...) {
    failure = std::current_exception();
  }
  diary.note(failure ? name + " " + reason(failure) : name);
  if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> fail_after(std::string reason, milliseconds time) {
  if (time > 0ms) co_await wait(time);
  throw std::runtime_error(reason);
}

asio::awaitable<void> note_and_end(Diary& diary, std::string name) {
  diary.note(name);
  co_return;
}

// Catches its cancellation and takes its time.
asio::awaitable<void> clean_up_for(Diary& diary, std::string name, milliseconds time) {
  std::exception_ptr failure;
  try {
    co_await wait(400s);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await wait(time);
  diary.note(name + " clean");
  std::rethrow_exception(failure);
}

// Awaits an operation that, unlike those of Asio, ends at once when it is cancelled, inside emit().
asio::awaitable<void> wait_for_cancellation() {
  const auto begin = [](auto handler) {
    const auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    asio::get_associated_cancellation_slot(*kept).assign([kept](asio::cancellation_type) {
      auto ended = std::move(*kept);
      std::move(ended)(asio::error_code(asio::error::operation_aborted));
    });
  };
  auto token = asio::use_awaitable;
  co_await asio::async_initiate<decltype(token), void(asio::error_code)>(begin, token);
}

// An executor that refuses new work on request: then co_spawn throws, as it does when there is no
// memory.
class Moody {
 public:
  Moody(asio::io_context& loop, const bool& refuses) : loop_(&loop), refuses_(&refuses) {}

  asio::execution_context& query(asio::execution::context_t) const noexcept { return *loop_; }
  static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
    return asio::execution::blocking.never;
  }
  Moody require(asio::execution::blocking_t::never_t) const { return *this; }

  Moody prefer(asio::execution::outstanding_work_t::tracked_t) const {
    if (*refuses_) throw std::runtime_error("no more work");
    return *this;
  }

  template <typename Work>
  void execute(Work work) const {
    asio::post(*loop_, std::move(work));
  }

  bool operator==(const Moody& other) const noexcept = default;

 private:
  asio::io_context* loop_;
  const bool* refuses_;
};

// Runs the task to its end, and notes how it ended.
void run(Diary& diary, asio::awaitable<void> task) {
  asio::io_context loop;
  asio::co_spawn(loop, std::move(task),
                 [&](std::exception_ptr error) { diary.note("= " + reason(error)); });
  loop.run();
}

// The same, cancelled at these times.
void run(Diary& diary, asio::awaitable<void> task, std::vector<milliseconds> cancellations) {
  asio::io_context loop;
  asio::cancellation_signal stop;
  std::vector<std::unique_ptr<asio::steady_timer>> timers;
  for (const milliseconds time : cancellations) {
    timers.push_back(std::make_unique<asio::steady_timer>(loop, time));
    timers.back()->async_wait(
        [&](asio::error_code) { stop.emit(asio::cancellation_type::terminal); });
  }
  asio::co_spawn(loop, std::move(task),
                 asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error) {
                   diary.note("= " + reason(error));
                 }));
  loop.run();
}

using Task = asio::awaitable<void>;

}  // namespace

static_assert(!std::is_copy_assignable_v<Stove>);
static_assert(!std::is_copy_assignable_v<TaskGroup>);

TEST_CASE("a group without tasks ends at once") {
  Diary diary;
  const auto body = [](TaskGroup&) -> Task { co_return; };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "= done 0.0");
}

TEST_CASE("an empty group makes no task wait") {
  Diary diary;
  const auto task = []() -> Task {
    TaskGroup group(co_await asio::this_coro::executor);
    co_await group.join();
    group.cancel();
    co_await group.join();
  };
  run(diary, task());
  CHECK(diary.text() == "= done 0.0");
}

TEST_CASE("all tasks are waited for, also those that the body does not await") {
  Diary diary;
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(noted_wait(diary, "roast", 5s));
    group.start(noted_wait(diary, "soup", 3s));
    co_await noted_wait(diary, "body", 1s);
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "body 1.0, soup 3.0, roast 5.0, = done 5.0");
}

TEST_CASE("a task is started at once") {
  Diary diary;
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(note_and_end(diary, "task"));
    diary.note("body");
    co_return;
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "task 0.0, body 0.0, = done 0.0");
}

TEST_CASE("a task may start others, even when the body has ended") {
  Diary diary;
  const auto baker = [&](TaskGroup& group) -> Task {
    co_await noted_wait(diary, "oven", 1s);
    group.start(noted_wait(diary, "bread", 2s));
  };
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(baker(group));
    co_return;
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "oven 1.0, bread 3.0, = done 3.0");
}

TEST_CASE("ten thousand tasks") {
  Diary diary;
  int ended = 0;
  const auto task = [&](milliseconds time) -> Task {
    co_await wait(time);
    ++ended;
  };
  SUBCASE("end") {
    const auto body = [&](TaskGroup& group) -> Task {
      for (int i = 0; i < 10000; ++i) group.start(task(milliseconds(i % 100)));
      co_return;
    };
    run(diary, with_task_group(body));
    CHECK(ended == 10000);
    CHECK(diary.text() == "= done 0.1");
  }
  SUBCASE("end at once") {
    const auto body = [&](TaskGroup& group) -> Task {
      for (int i = 0; i < 10000; ++i) group.start(note_and_end(diary, ""));
      co_return;
    };
    run(diary, with_task_group(body));
    CHECK(diary.text().ends_with("= done 0.0"));
  }
  SUBCASE("are cancelled") {
    const auto body = [&](TaskGroup& group) -> Task {
      for (int i = 0; i < 10000; ++i) group.start(task(400s));
      group.start(fail_after("burnt", 1s));
      co_return;
    };
    run(diary, with_task_group(body));
    CHECK(ended == 0);
    CHECK(diary.text() == "= burnt 1.0");
  }
}

TEST_CASE("when one fails the others are cancelled, and waited for") {
  Diary diary;
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(noted_wait(diary, "soup", 3s));
    group.start(fail_after("burnt", 1s));
    group.start(clean_up_for(diary, "roast", 500ms));
    co_await noted_wait(diary, "body", 10s);
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "body cancelled 1.0, soup cancelled 1.0, roast clean 1.5, = burnt 1.5");
}

TEST_CASE("a task that has ended is not cancelled") {
  Diary diary;
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(noted_wait(diary, "soup", 500ms));
    group.start(fail_after("burnt", 1s));
    co_return;
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "soup 0.5, = burnt 1.0");
}

TEST_CASE("an exception of the body is a failure like others") {
  Diary diary;
  SUBCASE("later") {
    const auto body = [&](TaskGroup& group) -> Task {
      group.start(noted_wait(diary, "soup", 3s));
      co_await wait(1s);
      throw std::runtime_error("no salt");
    };
    run(diary, with_task_group(body));
    CHECK(diary.text() == "soup cancelled 1.0, = no salt 1.0");
  }
  SUBCASE("at once") {
    const auto body = [&](TaskGroup& group) -> Task {
      group.start(noted_wait(diary, "soup", 3s));
      throw std::runtime_error("no salt");
      co_return;
    };
    run(diary, with_task_group(body));
    CHECK(diary.text() == "soup cancelled 0.0, = no salt 0.0");
  }
  SUBCASE("without being a coroutine") {
    const auto body = [&](TaskGroup& group) -> Task {
      group.start(noted_wait(diary, "soup", 3s));
      if (diary.text().empty()) throw std::runtime_error("no salt");
      return wait(1s);
    };
    run(diary, with_task_group(body));
    CHECK(diary.text() == "soup cancelled 0.0, = no salt 0.0");
  }
}

TEST_CASE("a task that fails at once, while the body starts others") {
  Diary diary;
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(fail_after("burnt", 0ms));
    group.start(noted_wait(diary, "soup", 3s));
    co_await noted_wait(diary, "body", 10s);
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "body cancelled 0.0, soup cancelled 0.0, = burnt 0.0");
}

TEST_CASE("of several failures the first one goes on") {
  Diary diary;
  const auto second = [&]() -> Task {
    try {
      co_await wait(400s);
    } catch (...) {
      throw std::runtime_error("second");
    }
  };
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(second());
    group.start(fail_after("first", 1s));
    co_return;
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "= first 1.0");
}

TEST_CASE("cancel ends all, and that is no failure") {
  Diary diary;
  SUBCASE("asked by a task") {
    const auto closing = [](TaskGroup& group) -> Task {
      co_await wait(2s);
      group.cancel();
    };
    const auto body = [&](TaskGroup& group) -> Task {
      group.start(noted_wait(diary, "soup", 3s));
      group.start(closing(group));
      co_await noted_wait(diary, "body", 10s);
    };
    run(diary, with_task_group(body));
    CHECK(diary.text() == "body cancelled 2.0, soup cancelled 2.0, = done 2.0");
  }
  SUBCASE("asked by the body, which ends at its next wait") {
    const auto body = [&](TaskGroup& group) -> Task {
      group.start(noted_wait(diary, "soup", 3s));
      group.cancel();
      diary.note("asked");
      co_await noted_wait(diary, "body", 1s);
      diary.note("not reached");
    };
    run(diary, with_task_group(body));
    CHECK(diary.text() == "asked 0.0, soup cancelled 0.0, = done 0.0");
  }
  SUBCASE("of tasks that wait at a channel, or for two things") {
    using namespace asio::experimental::awaitable_operators;
    asio::io_context loop;
    asio::experimental::channel<void(asio::error_code, int)> orders(loop, 0);
    const auto waiter = [&]() -> Task { co_await orders.async_receive(asio::use_awaitable); };
    const auto both = [&]() -> Task { co_await (wait(400s) && wait(400s) && waiter()); };
    const auto either = [&]() -> Task { co_await (wait(400s) || waiter()); };
    const auto body = [&](TaskGroup& group) -> Task {
      group.start(waiter());
      group.start(both());
      group.start(either());
      co_await wait(1s);
      group.cancel();
    };
    asio::co_spawn(loop, with_task_group(body),
                   [&](std::exception_ptr error) { diary.note("= " + reason(error)); });
    loop.run();
    CHECK(diary.text() == "= done 1.0");
  }
}

TEST_CASE("tasks that end while others are still to be asked") {
  Diary diary;
  const auto body = [&](TaskGroup& group) -> Task {
    for (int i = 0; i < 5; ++i) group.start(wait_for_cancellation());
    group.start(noted_wait(diary, "soup", 3s));
    group.start(wait_for_cancellation());
    co_await wait(1s);
    group.cancel();
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "soup cancelled 1.0, = done 1.0");
}

TEST_CASE("a task that fails while it cleans up has failed") {
  Diary diary;
  const auto clumsy = []() -> Task {
    try {
      co_await wait(400s);
    } catch (...) {
      throw std::runtime_error("spilt");
    }
  };
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(clumsy());
    co_await wait(1s);
    group.cancel();
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "= spilt 1.0");
}

TEST_CASE("an operation that another task aborts is a failure") {
  Diary diary;
  asio::io_context loop;
  asio::steady_timer timer(loop, 400s);
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(timer.async_wait(asio::use_awaitable));
    group.start(noted_wait(diary, "soup", 3s));
    co_await wait(1s);
    timer.cancel();
  };
  asio::co_spawn(loop, with_task_group(body),
                 [&](std::exception_ptr error) { diary.note("= " + reason(error)); });
  loop.run();
  CHECK(diary.text() == "soup cancelled 1.0, = cancelled 1.0");
}

TEST_CASE("a task that is started in a cancelled group gets as far as its first wait") {
  Diary diary;
  const auto late = [&]() -> Task {
    diary.note("late");
    co_await noted_wait(diary, "wait", 10s);
  };
  const auto body = [&](TaskGroup& group) -> Task {
    group.cancel();
    group.start(late());
    group.start(note_and_end(diary, "short"));
    // In Asio 1.22 this task has ended, and said so, when start() goes on.
    group.start([]() -> Task { co_await asio::dispatch(asio::use_awaitable); }());
    co_return;
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "late 0.0, short 0.0, wait cancelled 0.0, = done 0.0");
}

TEST_CASE("to cancel twice does not disturb who is cleaning up") {
  Diary diary;
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(clean_up_for(diary, "roast", 2s));
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await wait(1s);
    group.cancel();
    co_await wait(1s);
    group.cancel();
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "roast clean 3.0, = done 3.0");
}

TEST_CASE("a task that ignores its cancellation is waited for") {
  Diary diary;
  const auto stubborn = [&]() -> Task {
    co_await asio::this_coro::throw_if_cancelled(false);
    for (int i = 0; i < 3; ++i) {
      try {
        co_await noted_wait(diary, "baste", 2s);
      } catch (const std::exception&) {
      }
    }
  };
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(stubborn());
    co_await fail_after("burnt", 1s);
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "baste cancelled 1.0, baste 3.0, baste 5.0, = burnt 5.0");
}

TEST_CASE("a task that catches everything can throw a cancellation again") {
  Diary diary;
  const auto careful = [&]() -> Task {
    for (int i = 0; i < 3; ++i) {
      try {
        co_await noted_wait(diary, "baste", 2s);
      } catch (...) {
        if (is_cancellation(std::current_exception())) throw;
      }
    }
  };
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(careful());
    co_await fail_after("burnt", 3s);
  };
  run(diary, with_task_group(body));
  CHECK(diary.text() == "baste 2.0, baste cancelled 3.0, = burnt 3.0");
}

TEST_CASE("a task that waits in join is cancelled: so are the group's tasks, and then it goes on") {
  Diary diary;
  const auto after = [&](Task task) -> Task {
    co_await std::move(task);
    diary.note("not reached");
  };
  SUBCASE("tasks that end") {
    const auto body = [&](TaskGroup& group) -> Task {
      group.start(noted_wait(diary, "soup", 3s));
      group.start(clean_up_for(diary, "roast", 500ms));
      co_return;
    };
    run(diary, after(with_task_group(body)), {1s});
    CHECK(diary.text() == "soup cancelled 1.0, roast clean 1.5, = cancelled 1.5");
  }
  SUBCASE("tasks that end as if nothing had happened") {
    const auto quiet = [&]() -> Task {
      try {
        co_await noted_wait(diary, "roast", 400s);
      } catch (const std::exception&) {
      }
    };
    const auto body = [&](TaskGroup& group) -> Task {
      group.start(quiet());
      co_return;
    };
    run(diary, after(with_task_group(body)), {1s});
    CHECK(diary.text() == "roast cancelled 1.0, = cancelled 1.0");
  }
  SUBCASE("twice") {
    const auto body = [&](TaskGroup& group) -> Task {
      group.start(clean_up_for(diary, "roast", 2s));
      co_return;
    };
    run(diary, after(with_task_group(body)), {1s, 2s, 2500ms});
    CHECK(diary.text() == "roast clean 3.0, = cancelled 3.0");
  }
  SUBCASE("after a failure, which is what goes on") {
    const auto body = [&](TaskGroup& group) -> Task {
      group.start(clean_up_for(diary, "roast", 2s));
      co_await fail_after("burnt", 1s);
    };
    run(diary, after(with_task_group(body)), {2s});
    CHECK(diary.text() == "roast clean 3.0, = burnt 3.0");
  }
  SUBCASE("before the body has begun to run") {
    const auto body = [&](TaskGroup&) -> Task { co_await noted_wait(diary, "body", 1s); };
    asio::io_context loop;
    asio::cancellation_signal stop;
    asio::co_spawn(
        loop,
        [&]() -> Task {
          asio::post(loop, [&] { stop.emit(asio::cancellation_type::terminal); });
          co_await with_task_group(body);
        },
        asio::bind_cancellation_slot(
            stop.slot(), [&](std::exception_ptr error) { diary.note("= " + reason(error)); }));
    loop.run();
    CHECK(diary.text() == "body cancelled 0.0, = cancelled 0.0");
  }
}

TEST_CASE("a task that has waited for a group can be cancelled as before") {
  Diary diary;
  const auto nothing = [](TaskGroup&) -> Task { co_return; };
  const auto task = [&]() -> Task {
    co_await with_task_group(nothing);
    try {
      co_await noted_wait(diary, "first", 400s);
    } catch (const std::exception&) {
    }
    co_await noted_wait(diary, "not reached", 400s);
  };
  run(diary, task(), {1s});
  CHECK(diary.text() == "first cancelled 1.0, = cancelled 1.0");
}

TEST_CASE("a task that ignores its own cancellation may use a group to clean up") {
  Diary diary;
  const auto cleaning = [&](TaskGroup& group) -> Task {
    group.start(noted_wait(diary, "floor", 2s));
    group.start(noted_wait(diary, "stove", 1s));
    co_return;
  };
  const auto task = [&]() -> Task {
    try {
      co_await wait(400s);
    } catch (const std::exception&) {
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await with_task_group(cleaning);
    CHECK_FALSE(co_await asio::this_coro::throw_if_cancelled());
  };
  run(diary, task(), {1s});
  CHECK(diary.text() == "stove 2.0, floor 3.0, = done 3.0");
}

TEST_CASE("a group in a group") {
  Diary diary;
  SUBCASE("a failure inside ends the inner one first") {
    const auto inner = [&](TaskGroup& group) -> Task {
      group.start(clean_up_for(diary, "inner", 500ms));
      co_await fail_after("burnt", 1s);
    };
    const auto outer = [&](TaskGroup& group) -> Task {
      group.start(noted_wait(diary, "outer", 10s));
      co_await with_task_group(inner);
    };
    run(diary, with_task_group(outer));
    CHECK(diary.text() == "inner clean 1.5, outer cancelled 1.5, = burnt 1.5");
  }
  SUBCASE("a failure that is caught between them stays inside") {
    const auto inner = [&](TaskGroup& group) -> Task {
      group.start(fail_after("burnt", 1s));
      co_return;
    };
    const auto outer = [&](TaskGroup& group) -> Task {
      group.start(noted_wait(diary, "outer", 2s));
      try {
        co_await with_task_group(inner);
      } catch (const std::runtime_error&) {
        diary.note("caught");
      }
    };
    run(diary, with_task_group(outer));
    CHECK(diary.text() == "caught 1.0, outer 2.0, = done 2.0");
  }
  SUBCASE("a failure outside ends the inner one, too") {
    const auto inner = [&](TaskGroup& group) -> Task {
      group.start(clean_up_for(diary, "inner", 500ms));
      co_return;
    };
    const auto outer = [&](TaskGroup& group) -> Task {
      group.start(with_task_group(inner));
      co_await fail_after("burnt", 1s);
    };
    run(diary, with_task_group(outer));
    CHECK(diary.text() == "inner clean 1.5, = burnt 1.5");
  }
  SUBCASE("the inner body cancels the outer group before its first wait") {
    const auto outer = [&](TaskGroup& group) -> Task {
      const auto inner = [&](TaskGroup& nested) -> Task {
        nested.start(clean_up_for(diary, "inner", 500ms));
        group.cancel();
        co_return;
      };
      co_await with_task_group(inner);
      diary.note("not reached");
    };
    run(diary, with_task_group(outer));
    CHECK(diary.text() == "inner clean 0.5, = done 0.5");
  }
}

TEST_CASE("a task that could not be started is not waited for") {
  Diary diary;
  asio::io_context loop;
  bool refuses = false;
  TaskGroup group{Moody(loop, refuses)};
  const auto body = [&]() -> Task {
    group.start(noted_wait(diary, "soup", 1s));
    refuses = true;
    CHECK_THROWS_WITH(group.start(noted_wait(diary, "roast", 1s)), "no more work");
    refuses = false;
    co_await group.join();
  };
  asio::co_spawn(loop, body(), [&](std::exception_ptr error) { diary.note("= " + reason(error)); });
  loop.run();
  CHECK(diary.text() == "soup 1.0, = done 1.0");
}

TEST_CASE("a loop may be destroyed while a group waits") {
  auto alive = std::make_shared<int>(0);
  const auto task = [](std::shared_ptr<int>) -> Task { co_await wait(400s); };
  const auto inner = [&](TaskGroup& group) -> Task {
    group.start(task(alive));
    co_return;
  };
  const auto body = [&](TaskGroup& group) -> Task {
    group.start(task(alive));
    group.start(with_task_group(inner));
    co_await task(alive);
  };
  {
    asio::io_context loop;
    Diary diary;
    asio::co_spawn(loop, with_task_group(body), [&](std::exception_ptr) { diary.note("ended"); });
    loop.run_for(1s);
    CHECK(alive.use_count() == 4);
    CHECK(diary.text() == "");
  }
  CHECK(alive.use_count() == 1);
}
