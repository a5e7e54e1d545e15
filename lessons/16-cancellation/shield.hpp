// Awaits something to its end, even if the task is cancelled in
// the meantime. Look at what becomes of the cancellation.
#pragma once

#include <asio.hpp>
#include <utility>

// To be spawned, because each task sets what may cancel it.
inline asio::awaitable<void> undisturbed(
    asio::awaitable<void> work) {
  co_await asio::this_coro::reset_cancellation_state(
      asio::disable_cancellation());
  co_await std::move(work);
}

// The cancellation is not lost: the caller's next wait throws.
// A caller that may already be cancelled has to call
// throw_if_cancelled(false) first.
inline asio::awaitable<void> shield(asio::awaitable<void> work) {
  const auto executor = co_await asio::this_coro::executor;
  auto task = undisturbed(std::move(work));
  co_await asio::co_spawn(executor, std::move(task),
                          asio::use_awaitable);
}
