// A program as a child of the shop of lesson 28, and the lines that it prints.
#include "../../../lessons/28-order-pipeline/piped_child.hpp"

#include <doctest/doctest.h>

#include <asio.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <vector>

#include "../../../lessons/28-order-pipeline/desk.hpp"
#include "../../../lessons/28-order-pipeline/staff.hpp"
#include "../tasks.hpp"

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

// Their own tasks, or others, hold their addresses.
static_assert(!std::is_move_constructible_v<http::Server>);
static_assert(!std::is_move_constructible_v<Desk>);
static_assert(!std::is_move_constructible_v<Staff>);
static_assert(!std::is_move_constructible_v<PipedChild>);

TEST_CASE("the lines of a child, and its end") {
  asio::io_context loop;
  PipedChild child(loop.get_executor(), Words{"sh", "-c", "echo soup; echo roast; printf half"});
  Words lines;
  const auto read = [&]() -> asio::awaitable<void> {
    while (const auto line = co_await child.line()) lines.push_back(*line);
  };
  WatchedTask task(loop, read());
  loop.run_for(60s);
  CHECK(task.succeeded());
  CHECK(lines == Words{"soup", "roast"});
}

TEST_CASE("a child that cannot be started is named") {
  asio::io_context loop;
  CHECK_THROWS_WITH(PipedChild(loop.get_executor(), Words{"/no/such/program"}),
                    "/no/such/program cannot be started: No such file or directory");
}

TEST_CASE("a cancelled wait for a line is not the child's end") {
  asio::io_context loop;
  PipedChild child(loop.get_executor(), Words{"sleep", "1000"});
  const auto read = [&]() -> asio::awaitable<void> { co_await child.line(); };
  WatchedTask task(loop, read());
  loop.poll();
  CHECK(task.waits());
  task.cancel();
  loop.run();
  CHECK(task.failed_with(asio::error::operation_aborted));
}

TEST_CASE("a child that is asked to end ends") {
  asio::io_context loop;
  PipedChild child(loop.get_executor(), Words{"sleep", "1000"});
  child.ask_to_end();
  const auto read = [&]() -> asio::awaitable<void> {
    const auto line = co_await child.line();
    CHECK_FALSE(line);
  };
  WatchedTask task(loop, read());
  loop.run_for(60s);
  CHECK(task.succeeded());
}
