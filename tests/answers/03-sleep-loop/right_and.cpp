// Right: `&&` starts all and waits for all.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string_view>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
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
  const Loaf rolls{"rolls", 1s};
  const Loaf rye{"rye", 3s};
  const Loaf cake{"cake", 2s};
  co_await (bake(rolls) && bake(rye) && bake(cake));
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
