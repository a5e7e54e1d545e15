// A time limit for anything that can be awaited. Look at which
// side may end first, and what becomes of the other one.
#pragma once

#include <asio.hpp>
#include <asio/experimental/parallel_group.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "is_cancellation.hpp"

struct TimedOut : std::runtime_error {
  TimedOut() : std::runtime_error("timeout") {}
};

// Awaits `work` for at most `limit`, then cancels it, and waits
// until it has ended. Even then its own result or exception is
// passed on. Throws TimedOut if the cancellation has ended it.
inline asio::awaitable<void> wait_for(
    asio::awaitable<void> work,
    std::chrono::steady_clock::duration limit) {
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, limit);
  auto race = asio::experimental::make_parallel_group(
      [&](auto token) {
        return asio::co_spawn(executor, std::move(work),
                              std::move(token));
      },
      [&](auto token) {
        return timer.async_wait(std::move(token));
      });
  const auto [order, failure, interrupted] =
      co_await race.async_wait(asio::experimental::wait_for_one(),
                               asio::use_awaitable);
  const bool expired = order[0] == 1 && !interrupted;
  if (expired && failure && is_cancellation(failure)) {
    throw TimedOut();
  }
  if (failure) std::rethrow_exception(failure);
}

// For work with a result: puts it aside until it is fetched.
template <typename T>
asio::awaitable<void> put_aside(asio::awaitable<T> work,
                                std::optional<T>& result) {
  result.emplace(co_await std::move(work));
}

template <typename T>
asio::awaitable<T> wait_for(
    asio::awaitable<T> work,
    std::chrono::steady_clock::duration limit) {
  std::optional<T> result;
  auto task = put_aside(std::move(work), result);
  co_await wait_for(std::move(task), limit);
  co_return *std::move(result);
}
