// Tests what the page of lesson 16 says about Asio itself: what a cancelled task may still await,
// and what becomes of SIGINT.
#include <doctest/doctest.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "../../../lessons/15-timeouts/is_cancellation.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;

namespace {

using Task = asio::awaitable<void>;

std::exception_ptr end_of(Task task) {
  return end_of_cancelled_after(1s, std::move(task));
}

}  // namespace

TEST_CASE("a cancelled task may not wait any more, unless it says so") {
  std::string story;
  SUBCASE("a task that says nothing") {
    const auto task = [&]() -> Task {
      try {
        co_await wait(400s);
      } catch (const std::exception&) {
        story = "cancelled";
      }
      co_await asio::this_coro::executor;
      story += ", asked";
      co_await wait(0s);
      story += ", waited";
    };
    const auto end = end_of(task());
    REQUIRE(end);
    CHECK(is_cancellation(end));
    CHECK(story == "cancelled, asked");
  }
  SUBCASE("the next awaited operation does not even begin") {
    const auto never = [&]() -> Task {
      story += ", begun";
      co_return;
    };
    const auto task = [&]() -> Task {
      try {
        co_await wait(400s);
      } catch (const std::exception&) {
        story = "cancelled";
      }
      co_await never();
    };
    CHECK(is_cancellation(end_of(task())));
    CHECK(story == "cancelled");
  }
  SUBCASE("throw_if_cancelled(false): it waits, and (true) brings the cancellation back") {
    const auto task = [&]() -> Task {
      try {
        co_await wait(400s);
      } catch (const std::exception&) {
      }
      co_await asio::this_coro::throw_if_cancelled(false);
      co_await wait(500ms);
      story = "clean";
      co_await asio::this_coro::throw_if_cancelled(true);
      co_await wait(500ms);
      story = "not reached";
    };
    const auto end = end_of(task());
    REQUIRE(end);
    CHECK(is_cancellation(end));
    CHECK(story == "clean");
  }
  SUBCASE("reset_cancellation_state: it waits, and the cancellation is forgotten") {
    const auto task = [&]() -> Task {
      try {
        co_await wait(400s);
      } catch (const std::exception&) {
      }
      co_await asio::this_coro::reset_cancellation_state();
      co_await wait(500ms);
      co_await wait(500ms);
      story = "to the end";
    };
    CHECK_FALSE(end_of(task()));
    CHECK(story == "to the end");
  }
}

TEST_CASE("is_cancellation") {
  using namespace asio::experimental::awaitable_operators;
  const auto receive = []() -> Task {
    asio::experimental::channel<void(asio::error_code, int)> channel(
        co_await asio::this_coro::executor, 0);
    co_await channel.async_receive(asio::use_awaitable);
  };
  const auto both = []() -> Task { co_await (wait(400s) && wait(400s)); };
  CHECK(is_cancellation(end_of(wait(400s))));
  CHECK(is_cancellation(end_of(receive())));
  CHECK(is_cancellation(end_of(both())));
  CHECK_FALSE(is_cancellation(std::make_exception_ptr(std::runtime_error("burnt"))));
  CHECK_FALSE(
      is_cancellation(std::make_exception_ptr(std::system_error(asio::error::connection_refused))));
  CHECK_FALSE(is_cancellation(std::make_exception_ptr(1)));
}

TEST_CASE("SIGINT has its default effect again when the signal set is gone") {
  const auto ends_the_program = [] {
    struct sigaction now {};
    ::sigaction(SIGINT, nullptr, &now);
    return now.sa_handler == SIG_DFL;
  };
  asio::io_context loop;
  bool caught = false;
  const auto task = [&]() -> Task {
    asio::signal_set signals(loop, SIGINT);
    CHECK_FALSE(ends_the_program());
    std::raise(SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    caught = true;
  };
  asio::co_spawn(loop, task(), [](std::exception_ptr error) { CHECK_FALSE(error); });
  loop.run();
  CHECK(caught);
  CHECK(ends_the_program());
}
