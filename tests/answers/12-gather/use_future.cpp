// Wrong: std::future blocks the thread of the loop.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
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
  auto executor = co_await asio::this_coro::executor;
  std::vector<std::future<Outcome<int>>> answers;
  for (const Shop& shop : shops) {
    answers.push_back(asio::co_spawn(executor, outcome_of(ask(shop)), asio::use_future));
  }
  for (std::size_t i = 0; i < shops.size(); ++i) tell(shops[i].name, answers[i].get());
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
