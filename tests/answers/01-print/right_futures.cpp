// Right: the futures are looked at when run() has returned, and every one of them is set.
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

  asio::io_context loop;
  auto egg = asio::co_spawn(loop, prepare("The egg", 4s), asio::use_future);
  auto tea = asio::co_spawn(loop, prepare("The tea", 3s), asio::use_future);
  auto toast = asio::co_spawn(loop, prepare("The toast", 2s), asio::use_future);
  loop.run();
  egg.get();
  tea.get();
  toast.get();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
