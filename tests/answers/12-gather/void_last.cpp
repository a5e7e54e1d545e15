// Wrong: a void task at the end of a chain of &&.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gather.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Shop {
  std::string_view name;
  std::chrono::milliseconds delay;
  std::optional<int> price;
};

asio::awaitable<int> ask(Shop shop) {
  fmt::print("Ask {}\n", shop.name);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(shop.delay);
  co_await timer.async_wait(asio::use_awaitable);
  if (!shop.price) throw std::runtime_error("closed");
  fmt::print("Answer from {}\n", shop.name);
  co_return *shop.price;
}

void tell(std::string_view name, const Outcome<int>& outcome) {
  if (const int* price = std::get_if<int>(&outcome)) {
    fmt::print("Price at {}: {}\n", name, *price);
    return;
  }
  try {
    std::rethrow_exception(std::get<0>(outcome));
  } catch (const std::runtime_error& error) {
    fmt::print("Price at {}: {}\n", name, error.what());
  }
}

asio::awaitable<void> compare(std::vector<Shop> shops) {
  // TODO: ask all at the same time, then call tell for each.
  using namespace asio::experimental::awaitable_operators;
  const auto pause = []() -> asio::awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, 3s);
    co_await timer.async_wait(asio::use_awaitable);
  };
  const auto [a, b, done] =
      co_await (outcome_of(ask(shops[0])) && outcome_of(ask(shops[1])) && pause());
  tell(shops[0].name, a);
  tell(shops[1].name, b);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  const std::vector<Shop> shops{{"Corner", 2000ms, 14},
                                {"Market", 3000ms, 12},
                                {"Castle", 1000ms, {}},
                                {"Harbour", 1500ms, 13}};
  asio::io_context loop;
  asio::co_spawn(loop, compare(shops), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
