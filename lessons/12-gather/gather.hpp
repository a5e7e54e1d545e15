// Many awaitables together, and their results in the order of
// the vector. Look at where it is cut in two.
#pragma once

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <iterator>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

template <typename T>
using Awaitables = std::vector<asio::awaitable<T>>;

// A task without a result gives this instead.
template <typename T>
using ResultOf =
    std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <typename T>
asio::awaitable<ResultOf<T>> result_of(asio::awaitable<T> work) {
  if constexpr (std::is_void_v<T>) {
    co_await std::move(work);
    co_return std::monostate{};
  } else {
    co_return co_await std::move(work);
  }
}

// One task alone, or two halves. `first` keeps the exception
// thrown first: `&&` does not say which one that was. No lock
// guards it: one thread, or a strand (lesson 38), must run all
// tasks.
template <typename T>
asio::awaitable<std::vector<ResultOf<T>>> gather_part(
    Awaitables<T> work, std::exception_ptr& first) {
  using namespace asio::experimental::awaitable_operators;
  std::vector<ResultOf<T>> results;
  if (work.size() == 1) {
    try {
      results.push_back(
          co_await result_of(std::move(work.front())));
    } catch (...) {
      if (!first) first = std::current_exception();
      throw;
    }
  } else if (work.size() > 1) {
    const auto middle = work.begin() + work.size() / 2;
    Awaitables<T> rest(std::make_move_iterator(middle),
                       std::make_move_iterator(work.end()));
    work.erase(middle, work.end());
    auto [left, right] =
        co_await (gather_part(std::move(work), first) &&
                  gather_part(std::move(rest), first));
    results = std::move(left);
    for (auto&& result : right) {
      results.push_back(std::move(result));
    }
  }
  co_return results;
}

// Starts all together and waits for all. If one fails, the
// others are cancelled, and its exception is passed on.
template <typename T>
asio::awaitable<std::vector<ResultOf<T>>> gather(
    Awaitables<T> work) {
  std::exception_ptr first;
  try {
    co_return co_await gather_part(std::move(work), first);
  } catch (...) {
    if (first) std::rethrow_exception(first);
    throw;
  }
}

// How a task ended: its exception, or its result.
template <typename T>
using Outcome = std::variant<std::exception_ptr, ResultOf<T>>;

// A failure becomes a result, so that it cancels no other task.
template <typename T>
asio::awaitable<Outcome<T>> outcome_of(asio::awaitable<T> work) {
  try {
    co_return Outcome<T>(std::in_place_index<1>,
                         co_await result_of(std::move(work)));
  } catch (...) {
    co_return Outcome<T>(std::in_place_index<0>,
                         std::current_exception());
  }
}
