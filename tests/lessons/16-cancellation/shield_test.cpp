// The shield of lesson 16, and the clean-up that goes without it.
#include "../../../lessons/16-cancellation/shield.hpp"

#include <doctest/doctest.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>

#include "../../../lessons/15-timeouts/is_cancellation.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;

namespace {

using Task = asio::awaitable<void>;

Task clean_up(std::string& story) {
  co_await wait(500ms);
  story += "clean";
}

}  // namespace

TEST_CASE("a cancellation during a clean-up cuts it short, unless there is a shield") {
  std::string story;
  bool shielded = false;
  SUBCASE("without") {}
  SUBCASE("with") {
    shielded = true;
  }
  const auto task = [&]() -> Task {
    co_await wait(800ms);
    co_await asio::this_coro::throw_if_cancelled(false);
    if (shielded) {
      co_await shield(clean_up(story));
    } else {
      co_await clean_up(story);
    }
    co_await asio::this_coro::throw_if_cancelled(true);
  };
  const auto end = end_of_cancelled_after(1s, task());
  CHECK(static_cast<bool>(end) == !shielded);
  CHECK(story == (shielded ? "clean" : ""));
}

TEST_CASE("a shield keeps the cancellation for the next wait") {
  for (const auto before : {400s, 0s}) {  // cancelled before the shield, and under it
    std::string story;
    const auto task = [&]() -> Task {
      try {
        co_await wait(before + 800ms);
      } catch (const std::exception& error) {
        story = "called off, ";
      }
      co_await asio::this_coro::throw_if_cancelled(false);
      co_await shield(clean_up(story));
      co_await asio::this_coro::throw_if_cancelled(true);
      co_await wait(1ms);
      story += ", waited";
    };
    const auto end = end_of_cancelled_after(1s, task());
    REQUIRE(end);
    CHECK(is_cancellation(end));
    CHECK(story == (before == 0s ? "clean" : "called off, clean"));
  }
}

TEST_CASE("a shield passes a failure on") {
  std::string story;
  const auto fail = []() -> Task {
    co_await wait(500ms);
    throw std::runtime_error("the lid is stuck");
  };
  const auto task = [&]() -> Task {
    try {
      co_await shield(fail());
    } catch (const std::runtime_error& error) {
      story = error.what();
    }
    co_await wait(400s);
  };
  const auto end = end_of_cancelled_after(1s, task());
  REQUIRE(end);
  CHECK(is_cancellation(end));
  CHECK(story == "the lid is stuck");
}

TEST_CASE("a shield in a task that is not cancelled is not noticed") {
  std::string story;
  const auto task = [&]() -> Task {
    co_await shield(clean_up(story));
    co_await wait(1ms);
    story += ", waited";
  };
  run(task());
  CHECK(story == "clean, waited");
}
