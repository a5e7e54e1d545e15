// What the clients of the databases share: each given number is booked once, and then acknowledged
// by a line, "booked" or "again".
#pragma once

#include <fmt/core.h>
#include <signal.h>
#include <sys/prctl.h>

#include <asio.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

// One of four.
template <typename BookOnce>
asio::awaitable<void> book(BookOnce& book_once, char**& next) {
  asio::steady_timer answer(co_await asio::this_coro::executor);
  while (*next != nullptr) {
    const int number = std::stoi(*next++);
    const char* const outcome = co_await book_once(number);
    // The answer is under way for a while, as it is on a network, and may get lost.
    answer.expires_after(std::chrono::milliseconds(2));
    co_await answer.async_wait(asio::use_awaitable);
    fmt::print("{} {}\n", outcome, number);
    std::fflush(stdout);
  }
}

// `book_once(number)` is awaited, and returns the first word of the line.
template <typename BookOnce>
void book_all(asio::io_context& loop, char** numbers, BookOnce book_once) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // the test may be killed
  for (int i = 0; i < 4; ++i) {
    asio::co_spawn(loop, book(book_once, numbers), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  }
  loop.run();
}
