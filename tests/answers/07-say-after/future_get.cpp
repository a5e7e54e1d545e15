// Wrong: get() keeps the thread, so the answers cannot come.
#include <fmt/chrono.h>

#include <asio.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <string_view>

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

asio::awaitable<void> ask(std::string_view city, std::chrono::seconds time) {
  fmt::print("ask {}\n", city);
  co_await pass(time);
  fmt::print("{} answers\n", city);
}

asio::awaitable<void> work() {
  auto executor = co_await asio::this_coro::executor;
  auto rome = asio::co_spawn(executor, ask("Rome", 5s), asio::use_future);
  auto oslo = asio::co_spawn(executor, ask("Oslo", 3s), asio::use_future);
  print_clock("sent");
  co_await pass(2s);
  print_clock("desk tidy");
  rome.get();
  oslo.get();
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
