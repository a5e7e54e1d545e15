// Wrong: the bus has no platform to walk to, but the traveller walks all the same.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>

#include "future.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

using Platform = Future<int>;

asio::awaitable<void> pass(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> announce(Platform oslo, Platform rome) {
  co_await pass(1000ms);
  fmt::print("Board: the train to Rome will not run\n");
  rome.cancel();
  co_await pass(1000ms);
  fmt::print("Board: the train to Oslo leaves from 4\n");
  oslo.set_result(4);
}

asio::awaitable<void> travel(std::string_view name, Platform platform,
                             std::chrono::milliseconds walk) {
  fmt::print("{} looks up\n", name);
  bool cancelled = false;
  int number = 0;
  try {
    number = co_await platform.get();
  } catch (const FutureCancelled&) {
    cancelled = true;
  }
  co_await pass(walk);
  if (cancelled) {
    fmt::print("{} takes the bus\n", name);
    co_return;
  }
  fmt::print("{} is at platform {}\n", name, number);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Platform oslo(loop.get_executor());
  Platform rome(loop.get_executor());
  asio::co_spawn(loop, travel("Ann", oslo, 400ms), rethrow);
  asio::co_spawn(loop, travel("Ben", oslo, 1000ms), rethrow);
  asio::co_spawn(loop, travel("Cleo", rome, 700ms), rethrow);
  asio::co_spawn(loop, announce(oslo, rome), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
