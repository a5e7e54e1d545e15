// A household shares a forecast, which takes a second to fetch.
// It is kept, so that it need not be fetched again. But a task
// that asks during a fetch begins another one: fix that.
// As it is, the forecast is fetched three times.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "lock.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Forecast {
  Lock lock;
  std::optional<std::string> text{};
};

asio::awaitable<void> pass(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<std::string> fetch() {
  fmt::print("Fetching the forecast\n");
  co_await pass(1000ms);
  co_return "rain";
}

asio::awaitable<void> look_up(Forecast& forecast) {
  if (forecast.text) co_return;
  static bool fetching = false;
  if (!fetching) {
    fetching = true;
    forecast.text = co_await fetch();
    co_return;
  }
  while (!forecast.text) co_await pass(100ms);
}

asio::awaitable<void> ask(std::string_view who, std::chrono::milliseconds when,
                          Forecast& forecast) {
  co_await pass(when);
  fmt::print("{} asks\n", who);
  co_await look_up(forecast);
  fmt::print("{} hears: {}\n", who, *forecast.text);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Forecast forecast{Lock(loop.get_executor())};
  asio::co_spawn(loop, ask("Ann", 100ms, forecast), rethrow);
  asio::co_spawn(loop, ask("Ben", 300ms, forecast), rethrow);
  asio::co_spawn(loop, ask("Cleo", 600ms, forecast), rethrow);
  asio::co_spawn(loop, ask("Dan", 1800ms, forecast), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
