// The dishes of async.cpp, for the programs that come after it.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <stdexcept>
#include <string_view>

#include "stove.hpp"

inline asio::awaitable<void> wait(
    std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

inline asio::awaitable<void> cook(
    std::string_view dish, std::chrono::milliseconds time) {
  const Stove stove(dish);
  co_await wait(time);
  fmt::print("Ready: {}\n", dish);
}

inline asio::awaitable<void> make_sauce() {
  const Stove stove("sauce");
  co_await wait(std::chrono::seconds(1));
  throw std::runtime_error("the sauce has burnt");
}
