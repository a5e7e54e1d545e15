// Wrong: co_spawn with use_awaitable starts nothing before the co_await, unlike create_task of
// Python.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>
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

asio::awaitable<void> bake_all() {
  const std::vector<Loaf> loaves{{"rolls", 1s}, {"rye", 3s}, {"cake", 2s}};
  auto executor = co_await asio::this_coro::executor;
  std::vector<asio::awaitable<void>> baking;
  for (const Loaf& loaf : loaves) {
    baking.push_back(asio::co_spawn(executor, bake(loaf), asio::use_awaitable));
  }
  for (auto& loaf : baking) co_await std::move(loaf);
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
