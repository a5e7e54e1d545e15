// Right: races the two steps with a timer, as wait_for does
// inside.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/parallel_group.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Hut {
  std::string name;
  std::chrono::milliseconds answers;
  std::chrono::milliseconds books;
  bool has_power;
};

asio::awaitable<void> ask(Hut hut) {
  fmt::print("Ask {}\n", hut.name);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(hut.answers);
  co_await timer.async_wait(asio::use_awaitable);
  if (!hut.has_power) throw std::runtime_error("battery empty");
}

asio::awaitable<void> book(Hut hut) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(hut.books);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> ask_and_book(Hut hut) {
  co_await ask(hut);
  co_await book(hut);
}

asio::awaitable<void> find_bed(Hut hut) {
  std::string outcome = "booked";
  try {
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer limit(executor, 2s);
    auto race = asio::experimental::make_parallel_group(
        [&](auto token) { return asio::co_spawn(executor, ask_and_book(hut), std::move(token)); },
        [&](auto token) { return limit.async_wait(std::move(token)); });
    const auto [order, failure, error] =
        co_await race.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (order[0] == 1) throw std::runtime_error("timeout");
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    outcome = error.what();
  }
  fmt::print("{}: {}\n", hut.name, outcome);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  const Hut ridge{"Ridge", 500ms, 700ms, true};
  const Hut lake{"Lake", 1400ms, 400s, true};
  const Hut glacier{"Glacier", 300ms, 700ms, false};
  asio::io_context loop;
  asio::co_spawn(loop, find_bed(ridge), rethrow);
  asio::co_spawn(loop, find_bed(lake), rethrow);
  asio::co_spawn(loop, find_bed(glacier), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
