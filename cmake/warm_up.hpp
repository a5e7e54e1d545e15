// The templates that nearly every lesson instantiates, compiled once together with the precompiled
// header (asio.cmake), so that a changed program pays only for its own functions. Nothing in here
// runs. To find templates that are worth a line: compile a slow program with clang's -ftime-trace
// and look for the instantiations of Asio and fmt in it.
#pragma once

#include <algorithm>
#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/experimental/channel.hpp>
#include <asio/experimental/parallel_group.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <fmt/ranges.h>

namespace workbook::warm_up {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;

inline void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

template <typename T>
void rethrow_or_take(std::exception_ptr error, T) {
  rethrow(error);
}

// ---- Waiting -----------------------------------------------------------------------------------

template <typename Duration>
asio::awaitable<void> sleep_for(Duration delay) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(delay);
  co_await timer.async_wait(asio::use_awaitable);
}

inline asio::awaitable<void> wait_in_every_way() {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, 1s);
  co_await timer.async_wait(asio::use_awaitable);
  asio::error_code error;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  timer.expires_at(steady_clock::time_point::max());
  timer.cancel();
  timer.cancel_one();
  timer.async_wait([](asio::error_code) {});
  co_await asio::post(asio::use_awaitable);
  co_await asio::post(executor, asio::use_awaitable);
  co_await asio::this_coro::reset_cancellation_state();
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  const auto state = co_await asio::this_coro::cancellation_state;
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(throws &&
                                               state.cancelled() == asio::cancellation_type::none);
  asio::signal_set signals(executor, 2);
  co_await signals.async_wait(asio::use_awaitable);
}

// ---- Results and errors ------------------------------------------------------------------------

template <typename T>
asio::awaitable<T> give(T value) {
  co_await sleep_for(1s);
  co_return value;
}

template <typename T>
asio::awaitable<void> give_later(T value) {
  const auto executor = co_await asio::this_coro::executor;
  const T first = co_await give(value);
  const T second = co_await asio::co_spawn(executor, give(first), asio::use_awaitable);
  asio::co_spawn(executor, give(second), rethrow_or_take<T>);
  asio::experimental::channel<void(std::exception_ptr, T)> promise(executor, 1);
  promise.try_send(std::exception_ptr(), second);
  const T third = co_await promise.async_receive(asio::use_awaitable);
  co_await (give(third) && give(third));
}

inline asio::awaitable<void> fail_in_every_way() {
  try {
    co_await sleep_for(1s);
    throw std::runtime_error("no");
  } catch (const std::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    fmt::print("{}\n", error.what());
  } catch (const std::exception& error) {
    fmt::print("Caught: {}\n", error.what());
  } catch (...) {
    std::make_exception_ptr(std::logic_error("no"));
    throw;
  }
}

// ---- Several at once ---------------------------------------------------------------------------

inline asio::awaitable<void> wait_for_several() {
  const auto executor = co_await asio::this_coro::executor;
  co_await (sleep_for(1s) && sleep_for(2s));
  co_await (sleep_for(1s) && sleep_for(2s) && sleep_for(3s));
  const auto first = co_await (sleep_for(1s) || sleep_for(2s));
  if (first.index() == 0) co_await asio::co_spawn(executor, sleep_for(1s), asio::use_awaitable);
  asio::co_spawn(executor, sleep_for(1s), rethrow);
  asio::co_spawn(executor, sleep_for(1s), asio::detached);
  asio::co_spawn(executor, sleep_for(1s), [](std::exception_ptr error) { rethrow(error); });

  asio::cancellation_signal stop;
  asio::co_spawn(executor, sleep_for(1s), asio::bind_cancellation_slot(stop.slot(), rethrow));
  co_await asio::co_spawn(executor, sleep_for(1s),
                          asio::bind_cancellation_slot(stop.slot(), asio::use_awaitable));
  stop.emit(asio::cancellation_type::terminal);

  asio::steady_timer timer(executor, 1s);
  auto race = asio::experimental::make_parallel_group(
      [&](auto token) { return asio::co_spawn(executor, sleep_for(1s), std::move(token)); },
      [&](auto token) { return timer.async_wait(std::move(token)); });
  const auto [order, failure, interrupted] =
      co_await race.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (order[0] == 1 && !interrupted) rethrow(failure);
}

// What tasks wait for that have no result to hand over: a channel of messages without content.
inline asio::awaitable<void> wait_for_each_other() {
  using Bell = asio::experimental::channel<void(asio::error_code, std::monostate)>;
  using Task = asio::experimental::channel<void(std::exception_ptr, std::monostate)>;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  Bell bell(executor);
  bell.try_send(asio::error_code(), std::monostate());
  co_await bell.async_receive(asio::use_awaitable);
  std::vector<std::shared_ptr<Task>> tasks;
  tasks.push_back(std::make_shared<Task>(executor, 1));
  tasks.front()->try_send(std::exception_ptr(), std::monostate());
  co_await tasks.front()->async_receive(asio::use_awaitable);
}

// ---- Lines -------------------------------------------------------------------------------------

template <typename... Arguments>
void print_all(Arguments... arguments) {
  (fmt::print("{}\n", arguments), ...);
  (fmt::print("{} {}\n", std::string_view(), arguments), ...);
}

inline void run_everything(std::string_view view, const char* literal) {
  const auto start = steady_clock::now();
  asio::io_context loop;
  const auto executor = loop.get_executor();
  const asio::any_io_executor any = executor;
  asio::co_spawn(loop, sleep_for(1s), rethrow);
  asio::co_spawn(loop, sleep_for(1ms), asio::detached);
  asio::co_spawn(loop, wait_in_every_way, rethrow);
  asio::co_spawn(executor, wait_for_several(), rethrow);
  asio::co_spawn(executor, wait_for_each_other(), rethrow);
  asio::co_spawn(loop, fail_in_every_way(), [](std::exception_ptr error) { rethrow(error); });
  asio::co_spawn(any, give_later(1), rethrow);
  asio::co_spawn(any, give(std::string()), rethrow_or_take<std::string>);
  asio::post(loop, [] {});
  asio::post(any, [] {});
  asio::steady_timer timer(loop, 1s);
  timer.async_wait([](asio::error_code) {});
  std::this_thread::sleep_for(1s);
  std::this_thread::sleep_for(1ms);
  try {
    loop.run();
  } catch (const std::runtime_error& error) {
    fmt::print("Caught: {}\n", error.what());
  }
  fmt::print("\n");
  print_all(view, literal, std::string(), 1, std::size_t{1}, 1.0, std::chrono::seconds(1).count());
  fmt::print("Starting {} that will take {}s\n", view, 1L);
  const std::chrono::duration<double> elapsed = steady_clock::now() - start;
  fmt::print("Finishing {} in {:.1f}s\n", view, elapsed.count());
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}

}  // namespace workbook::warm_up
