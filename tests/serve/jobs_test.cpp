// Tasks that no other task awaits: their exceptions are not lost.
#include <doctest/doctest.h>
#include <signal.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "caught.hpp"
#include "jobs.hpp"
#include "lesson_run.hpp"
#include "supervisor.hpp"

using namespace workbook;
using namespace std::chrono_literals;

namespace {

// All events of a job that does `work`.
std::string events_of(Jobs::Work work) {
  asio::io_context loop;
  Jobs jobs(loop.get_executor());
  const auto job = jobs.find(jobs.start(std::move(work)));
  try {
    loop.run_for(10s);
  } catch (...) {
    FAIL_CHECK("an exception has left the job");
  }
  CHECK(job->done());
  std::string events;
  const auto ask = [&]() -> asio::awaitable<void> { events = co_await job->events_after(0); };
  asio::co_spawn(loop, ask(), rethrow);
  loop.restart();
  loop.run_for(10s);
  return events;
}

}  // namespace

TEST_SUITE_BEGIN("jobs");

TEST_CASE("a job that throws before it is a task has failed, and is done") {
  // Not a coroutine.
  const auto work = [](Job&) -> asio::awaitable<void> {
    throw std::runtime_error("It could not begin.");
  };
  const std::string events = events_of(work);
  CHECK(events.find("It could not begin.") != std::string::npos);
  CHECK(events.find("\"done\":true") != std::string::npos);
}

TEST_CASE("a job that throws anything at all has failed, and is done") {
  const auto work = [](Job&) -> asio::awaitable<void> {
    throw 1;
    co_return;
  };
  const std::string events = events_of(work);
  CHECK(events.find("\"failure\"") != std::string::npos);
}

TEST_CASE("an exception at a signal ends the loop's run") {
  asio::io_context loop;
  Supervisor supervisor(loop.get_executor());
  supervisor.before_stop([] { throw std::runtime_error("The terminal is gone."); });
  loop.poll();
  ::raise(SIGTSTP);
  CHECK_THROWS_WITH_AS(loop.run_for(10s), "The terminal is gone.", std::runtime_error);
}

TEST_CASE("an exception while a server is read is thrown where the server is awaited") {
  asio::io_context loop;
  Beside beside;
  beside.on_line = [](const PrintedLine&) { throw std::runtime_error("The page is gone."); };
  LessonServer server(loop.get_executor(), "/bin/sh", {"-c", "printf '127.0.0.1:1\\nA client\\n'"},
                      "/", beside);
  std::exception_ptr failure;
  const auto use = [&]() -> asio::awaitable<void> {
    co_await server.address();
    co_await server.stop();
  };
  asio::co_spawn(loop, use(), [&](std::exception_ptr error) {
    failure = error;
    loop.stop();
  });
  loop.run_for(30s);
  CHECK_THROWS_WITH_AS(rethrow(failure), "The page is gone.", std::runtime_error);
}

TEST_SUITE_END();
