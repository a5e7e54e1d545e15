#include "remarks.hpp"

#include <fmt/format.h>

#include <string_view>

#include "comparison.hpp"
#include "source_text.hpp"

namespace workbook {
namespace {

// As an int, the bytes with which simulate() lets freed memory be filled.
constexpr std::string_view freed = "-1515870811";

}  // namespace

bool crashed(const ProgramRun& run) {
  if (run.signal == "SIGSEGV" || run.signal == "SIGABRT" || run.signal == "SIGBUS") return true;
  const auto uncaught = uncaught_exception(run.errors);
  // (A size that is chance.)
  return uncaught && (uncaught->type == "std::bad_alloc" || uncaught->type == "std::length_error");
}

bool was_destroyed_twice(const ProgramRun& run, std::string_view code) {
  return crashed(run) && run.compiler.starts_with("GNU 12") && lambda_destroyed_twice(code);
}

std::vector<std::string> remarks_on(const ProgramRun& run, const Expectation& expected,
                                    std::string_view code) {
  std::vector<std::string> remarks;
  if (dangling_coroutine(code) || was_destroyed_twice(run, code)) return remarks;
  if (has_any(code, {"co_spawn", "async_wait"}) &&
      !has_any(code, {"run(", "run_", "poll", "join("})) {
    remarks.emplace_back("Nothing calls run() on the loop, and without it no task runs.");
  }
  if (const auto fault = never_awaited(code)) remarks.push_back(told(*fault));
  if (const auto fault = posted_reference(code)) remarks.push_back(told(*fault));
  if (run.failure.empty()) {
    if (const auto fault = runs_again(code)) remarks.push_back(told(*fault));
    if (const auto fault = runs_too_early(code)) remarks.push_back(told(*fault));
    // (Not in lesson 21, whose loop is another one.)
    const bool looks = has_any(code, {".poll()", ".run_one()", ".poll_one()"});
    if (has_any(code, {"<asio.hpp>"}) && looks && !has_any(code, {".run()"})) {
      remarks.emplace_back(
          has_any(code, {"TestClock"})
              ? "poll() runs what is ready and returns: move the clock, and poll again, until the "
                "loop has stopped."
              : "poll() does not wait, and run_one() runs one handler: run() runs all.");
    }
    if (has_any(code, {" || ", " ||\n"}) && has_any(code, {"awaitable_operators"}) &&
        only_lacks_lines(expected.output, run.output)) {
      remarks.emplace_back("|| cancels the other tasks when the first has ended.");
    }
  }
  if (run.stuck && has_any(code, {"std::mutex"})) {
    remarks.emplace_back(
        "A std::mutex stops the thread, and with it the task that would unlock it.");
  }
  if (crashed(run) && !no_coroutine(code)) {
    if (const auto fault = moved_twice(code)) {
      remarks.push_back(told(*fault));
    } else {
      remarks.emplace_back(
          "Does a coroutine use an object that no longer exists? Let it take its parameters by "
          "value. A lambda with captures must live as long as the coroutine it makes.");
      if (has_any(code, {"std::move(", "std::exchange("})) {
        remarks.emplace_back(
            "Is an awaitable awaited or started twice? It is empty after the first time, as is one "
            "that was moved away.");
      }
    }
  }
  if (used_empty_optional(run) && has_any(code, {"close()"})) {
    remarks.emplace_back("A queue that was closed and is empty gives an empty std::optional.");
  }
  if (run.signal == "SIGILL" && !no_coroutine(code)) {
    remarks.emplace_back("Does a function reach its end without return or co_return?");
  }
  if (has_any(run.output + run.errors, {freed})) {
    remarks.emplace_back(
        fmt::format("{} is what freed memory is filled with here: something is used that is gone, "
                    "such as a variable that a handler refers to.",
                    freed));
  }
  const auto uncaught = uncaught_exception(run.errors);
  if (uncaught && has_any(uncaught->what, {"Operation aborted", "Operation canceled"})) {
    remarks.emplace_back(
        "\"Operation aborted\" means that a wait was cancelled. expires_after() and expires_at() "
        "cancel a wait on the same timer: give each task its own timer.");
  }
  if (run.failure.empty() && run.threads == 0 &&
      has_any(code, {"co_await asio::post(", "co_await asio::defer("}) &&
      run.output != expected.output && same_lines_at_any_time(expected.output, run.output)) {
    remarks.emplace_back(
        "asio::post and asio::defer queue a handler ahead of timers that have expired but that "
        "run() has not looked at yet. A short timer lets them go first.");
  }
  return remarks;
}

std::vector<std::string> warnings_on(std::string_view code) {
  std::vector<std::string> warnings;
  if (code.find("reset_cancellation_state()") != std::string::npos) {
    warnings.emplace_back(
        "Mind reset_cancellation_state() without arguments: the task forgets that it was "
        "cancelled. "
        "If its body had just ended successfully, the cancellation is lost.");
  }
  return warnings;
}

}  // namespace workbook
