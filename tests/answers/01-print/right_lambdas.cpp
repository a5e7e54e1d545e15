// Right: a coroutine lambda, and one task that awaits all with &&.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

int main() {
  using namespace asio::experimental::awaitable_operators;
  const auto start = steady_clock::now();

  asio::io_context loop;
  auto prepare = [&loop](std::string_view dish,
                         std::chrono::seconds time) -> asio::awaitable<void> {
    asio::steady_timer timer(loop, time);
    co_await timer.async_wait(asio::use_awaitable);
    fmt::print("{} is ready\n", dish);
  };
  asio::co_spawn(loop, prepare("The egg", 4s) && prepare("The tea", 3s) && prepare("The toast", 2s),
                 [](std::exception_ptr error) {
                   if (error) std::rethrow_exception(error);
                 });
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
