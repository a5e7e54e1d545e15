// Work for another place: a pool, a loop, a dedicated thread.
// Look at which thread calls it, and where its result arrives.
#pragma once

#include <asio.hpp>
#include <concepts>
#include <future>
#include <stop_token>
#include <utility>

// Runs a coroutine there, and awaits its end. Cancellation does
// not reach it: Asio's signals are not made to cross threads.
template <typename T>
asio::awaitable<T> run_on(asio::any_io_executor place,
                          asio::awaitable<T> work) {
  auto undisturbed = asio::bind_cancellation_slot(
      asio::cancellation_slot(), asio::use_awaitable);
  co_return co_await asio::co_spawn(place, std::move(work),
                                    undisturbed);
}

// Work may take a stop_token, and ask it whether to stop.
template <typename Work>
requires std::invocable<Work&> ||
    std::invocable<Work&, std::stop_token>
auto call(Work& work, std::stop_token stop) {
  if constexpr (std::invocable<Work&, std::stop_token>) {
    return work(stop);
  } else {
    return work();
  }
}

template <typename Work>
using ReturnedBy =
    decltype(call(std::declval<Work&>(), std::stop_token()));

template <typename T>
asio::awaitable<void> perform(std::packaged_task<T()> task) {
  task();
  co_return;
}

// Calls a function there, and awaits here what it returns or
// throws. If the caller is cancelled, the function is asked to
// stop, and awaited all the same.
template <typename Work>
asio::awaitable<ReturnedBy<Work>> run_on(
    asio::any_io_executor place, Work work) {
  std::stop_source stop;
  const asio::cancellation_state state =
      co_await asio::this_coro::cancellation_state;
  if (state.slot().is_connected()) {
    state.slot().assign([stop](asio::cancellation_type) mutable {
      stop.request_stop();
    });
  }
  std::packaged_task<ReturnedBy<Work>()> task(
      [work = std::move(work), stop]() mutable {
        return call(work, stop.get_token());
      });
  auto result = task.get_future();
  auto performance = perform(std::move(task));
  co_await run_on(place, std::move(performance));
  co_return result.get();
}

// The same for a place that has an executor: a thread_pool, an
// io_context.
template <std::derived_from<asio::execution_context> Place,
          typename Work>
auto run_on(Place& place, Work work) {
  return run_on(asio::any_io_executor(place.get_executor()),
                std::move(work));
}
