// Two loops: one starts four sleepers as tasks, one waits for
// each. Look at how many sleep at the same time.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// A running task: its channel will hold the outcome.
using Done = std::monostate;
using Task =
    asio::experimental::channel<void(std::exception_ptr, Done)>;

std::shared_ptr<Task> start_task(asio::any_io_executor executor,
                                 asio::awaitable<void> work) {
  auto task = std::make_shared<Task>(executor, 1);
  asio::co_spawn(executor, std::move(work), [task](auto error) {
    task->try_send(error, Done{});
  });
  return task;
}

asio::awaitable<void> sleeper(int number) {
  fmt::print("Start {}\n", number);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(1s);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("End {}\n", number);
}

asio::awaitable<void> sleep_all() {
  auto executor = co_await asio::this_coro::executor;
  std::vector<std::shared_ptr<Task>> tasks;
  for (int number = 0; number < 4; ++number) {
    tasks.push_back(start_task(executor, sleeper(number)));
  }
  for (auto& task : tasks) {
    co_await task->async_receive(asio::use_awaitable);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, sleep_all(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
