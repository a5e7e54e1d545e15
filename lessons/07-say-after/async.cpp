// Both greetings are started early, as tasks, and awaited later.
// Look at where "started" comes, and at the clock.
#include <fmt/chrono.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

using namespace std::chrono_literals;

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

void print_clock(std::string_view event) {
  const std::time_t now = std::time(nullptr);
  fmt::print("{} at {:%H:%M:%S}\n", event, *std::localtime(&now));
}

asio::awaitable<void> say_after(std::chrono::seconds delay,
                                std::string_view text) {
  fmt::print("start {}\n", text);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(delay);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("{}\n", text);
}

asio::awaitable<void> greet() {
  auto executor = co_await asio::this_coro::executor;
  auto hello = start_task(executor, say_after(1s, "hello"));
  auto world = start_task(executor, say_after(2s, "world"));
  print_clock("started");
  co_await hello->async_receive(asio::use_awaitable);
  co_await world->async_receive(asio::use_awaitable);
  print_clock("finished");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, greet(), rethrow);
  loop.run();
}
