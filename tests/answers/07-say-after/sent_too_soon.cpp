// Wrong: "sent" is reported before anything is sent.
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
using Task = asio::experimental::channel<void(std::exception_ptr, Done)>;

std::shared_ptr<Task> start_task(asio::any_io_executor executor, asio::awaitable<void> work) {
  auto task = std::make_shared<Task>(executor, 1);
  asio::co_spawn(executor, std::move(work), [task](auto error) { task->try_send(error, Done{}); });
  return task;
}

void print_clock(std::string_view event) {
  const std::time_t now = std::time(nullptr);
  fmt::print("{} at {:%H:%M:%S}\n", event, *std::localtime(&now));
}

asio::awaitable<void> pass(std::chrono::seconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> ask(std::string_view city, std::chrono::seconds time) {
  fmt::print("ask {}\n", city);
  co_await pass(time);
  fmt::print("{} answers\n", city);
}

asio::awaitable<void> work() {
  auto executor = co_await asio::this_coro::executor;
  print_clock("sent");
  auto rome = start_task(executor, ask("Rome", 5s));
  auto oslo = start_task(executor, ask("Oslo", 3s));
  co_await pass(2s);
  print_clock("desk tidy");
  co_await rome->async_receive(asio::use_awaitable);
  co_await oslo->async_receive(asio::use_awaitable);
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
