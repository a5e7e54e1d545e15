// Right: no task waits; the last to be ready opens the shop.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Loaf {
  std::string_view name;
  std::chrono::seconds time;
};

// The shop opens when the last task lets go of it.
struct Shop {
  Shop() = default;
  ~Shop() { fmt::print("The shop opens\n"); }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;
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
  const auto shop = std::make_shared<Shop>();
  for (const Loaf& loaf : loaves) {
    asio::co_spawn(executor, bake(loaf), [shop](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  }
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
