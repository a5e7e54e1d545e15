// Right: a single task with three sides, and a lambda for Ada's way.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;

asio::awaitable<void> pass(std::chrono::seconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<int> bake(std::string_view guest) {
  fmt::print("bake for {}\n", guest);
  co_await pass(2s);
  co_return 8;
}

asio::awaitable<void> take_away() {
  using namespace asio::experimental::awaitable_operators;
  const auto walk = []() -> asio::awaitable<void> {
    co_await pass(4s);
    fmt::print("Ada is at the counter\n");
  };
  const int slices = co_await (bake("Ada") && walk());
  fmt::print("Ada takes {} slices\n", slices);
}

asio::awaitable<void> eat_here() {
  auto pizza = bake("Ben");
  co_await pass(3s);
  fmt::print("Ben sits down\n");
  const int slices = co_await std::move(pizza);
  fmt::print("Ben eats {} slices\n", slices);
}

asio::awaitable<void> close_shop() {
  co_await pass(7s);
  fmt::print("The pizzeria closes\n");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  using namespace asio::experimental::awaitable_operators;
  asio::co_spawn(loop, take_away() && eat_here() && close_shop(), rethrow);
  loop.run();
}
