// Right: no coroutine asks: two timers call back, and a counter tells when both have.
#include <fmt/chrono.h>

#include <asio.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <functional>
#include <string_view>
#include <system_error>

using namespace std::chrono_literals;

void print_clock(std::string_view event) {
  const std::time_t now = std::time(nullptr);
  fmt::print("{} at {:%H:%M:%S}\n", event, *std::localtime(&now));
}

asio::awaitable<void> pass(std::chrono::seconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

void ask(asio::steady_timer& timer, std::string_view city, std::chrono::seconds time,
         std::function<void()> done) {
  fmt::print("ask {}\n", city);
  timer.expires_after(time);
  timer.async_wait([city, done](std::error_code error) {
    if (error) return;
    fmt::print("{} answers\n", city);
    done();
  });
}

asio::awaitable<void> work() {
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer rome(executor), oslo(executor);
  asio::steady_timer answered(executor, std::chrono::steady_clock::time_point::max());
  int missing = 2;
  const auto done = [&] {
    if (--missing == 0) answered.cancel();
  };
  ask(rome, "Rome", 5s, done);
  ask(oslo, "Oslo", 3s, done);
  print_clock("sent");
  co_await pass(2s);
  print_clock("desk tidy");
  std::error_code cancelled;
  if (missing > 0)
    co_await answered.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  print_clock("answered");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, work(), rethrow);
  loop.run();
}
