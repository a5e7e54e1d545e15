// Wrong: nothing is started early, and Ada waits at the counter.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;

// A running task. Its channel has room for the result, or
// for the exception that ended it.
using Task = asio::experimental::channel<void(std::exception_ptr, int)>;

std::shared_ptr<Task> start_task(asio::any_io_executor executor, asio::awaitable<int> work) {
  auto task = std::make_shared<Task>(executor, 1);
  asio::co_spawn(executor, std::move(work),
                 [task](std::exception_ptr error, int result) { task->try_send(error, result); });
  return task;
}

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
  auto executor = co_await asio::this_coro::executor;
  auto pizza = bake("Ada");
  co_await pass(4s);
  fmt::print("Ada is at the counter\n");
  const int slices = co_await std::move(pizza);
  fmt::print("Ada takes {} slices\n", slices);
}

asio::awaitable<void> eat_here() {
  auto executor = co_await asio::this_coro::executor;
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
  asio::co_spawn(loop, take_away(), rethrow);
  asio::co_spawn(loop, eat_here(), rethrow);
  asio::co_spawn(loop, close_shop(), rethrow);
  loop.run();
}
