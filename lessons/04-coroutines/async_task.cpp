// The coroutine, spawned as a task. Look at where it starts to
// answer now.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <exception>
#include <memory>
#include <utility>

// A running task. Its channel has room for the result, or
// for the exception that ended it.
using Task =
    asio::experimental::channel<void(std::exception_ptr, int)>;

std::shared_ptr<Task> start_task(asio::any_io_executor executor,
                                 asio::awaitable<int> work) {
  auto task = std::make_shared<Task>(executor, 1);
  asio::co_spawn(executor, std::move(work),
                 [task](std::exception_ptr error, int result) {
                   task->try_send(error, result);
                 });
  return task;
}

asio::awaitable<int> answer() {
  fmt::print("start to answer\n");
  co_return 42;
}

asio::awaitable<void> ask() {
  auto executor = co_await asio::this_coro::executor;
  auto later = start_task(executor, answer());
  fmt::print("before await\n");
  const int result =
      co_await later->async_receive(asio::use_awaitable);
  fmt::print("result is {}\n", result);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, ask(), rethrow);
  loop.run();
}
