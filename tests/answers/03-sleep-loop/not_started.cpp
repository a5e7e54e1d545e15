// Wrong: the first loop makes coroutines and starts none.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// A running task: its channel will hold the outcome.
using Done = std::monostate;
using Task = asio::experimental::channel<void(std::exception_ptr, Done)>;

std::shared_ptr<Task> start_task(asio::any_io_executor executor, asio::awaitable<void> work) {
  auto task = std::make_shared<Task>(executor, 1);
  asio::co_spawn(executor, std::move(work), [task](auto error) { task->try_send(error, Done{}); });
  return task;
}

struct Loaf {
  std::string_view name;
  std::chrono::seconds time;
};

asio::awaitable<void> bake(Loaf loaf) {
  fmt::print("Start {}\n", loaf.name);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(loaf.time);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("End {}\n", loaf.name);
}

asio::awaitable<void> bake_all() {
  const std::vector<Loaf> loaves{{"rolls", 1s}, {"rye", 3s}, {"cake", 2s}};
  auto executor = co_await asio::this_coro::executor;
  std::vector<asio::awaitable<void>> baking;
  for (const Loaf& loaf : loaves) {
    baking.push_back(bake(loaf));
  }
  for (auto& waiting : baking) {
    co_await std::move(waiting);
  }
  fmt::print("The shop opens\n");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, bake_all(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
