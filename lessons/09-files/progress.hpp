// The work's progress, and a ticker that ticks until it is done.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "photos.hpp"

// Read and written only by the loop's thread.
struct Progress {
  int started = 0;
  int files = 0;
  std::size_t bytes = 0;
  int ticks = 0;

  void add(std::size_t size) {
    ++files;
    bytes += size;
  }

  void print(std::string_view what) const {
    fmt::print("{} {} files, {} bytes\n", what, files, bytes);
  }
};

// Stands for everything else that a loop has to do.
inline asio::awaitable<void> tick(Progress& progress) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (progress.files < photo_count) {
    ++progress.ticks;
    timer.expires_after(std::chrono::milliseconds(1));
    co_await timer.async_wait(asio::use_awaitable);
  }
}
