// Wrong: Python awaits in main(). Here main() cannot be a coroutine.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> prepare(std::string_view dish, std::chrono::seconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("{} is ready\n", dish);
}

int main() {
  const auto start = steady_clock::now();

  co_await prepare("The egg", 4s);
  co_await prepare("The tea", 3s);
  co_await prepare("The toast", 2s);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
