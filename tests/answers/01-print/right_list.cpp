// Right: a list of dishes, a deadline instead of a duration, and another clock.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Dish {
  std::string_view name;
  std::chrono::seconds time;
};

asio::awaitable<void> prepare(Dish dish) {
  using std::chrono::system_clock;
  asio::system_timer timer(co_await asio::this_coro::executor, system_clock::now() + dish.time);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("{} is ready\n", dish.name);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  for (const Dish& dish : {Dish{"The egg", 4s}, Dish{"The tea", 3s}, Dish{"The toast", 2s}}) {
    asio::co_spawn(loop, prepare(dish), rethrow);
  }
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
