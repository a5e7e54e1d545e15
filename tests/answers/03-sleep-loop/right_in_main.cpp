// Right: run() returns when the last loaf is baked, so main opens the shop.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

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

void bake_all(asio::io_context& loop) {
  const std::vector<Loaf> loaves{{"rolls", 1s}, {"rye", 3s}, {"cake", 2s}};
  for (const Loaf& loaf : loaves) {
    asio::co_spawn(loop, bake(loaf), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  }
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  bake_all(loop);
  loop.run();
  fmt::print("The shop opens\n");

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
