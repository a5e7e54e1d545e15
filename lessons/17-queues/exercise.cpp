// A photocopier: a scanner puts pages on a tray, and a printer
// takes them from it. The tray is empty at first, so the printer
// goes home, and the scanner soon finds no room: let the printer
// go on until the last page, and no longer.
// As it is, it is stuck after 2.0s; it should take 12.6s.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>

#include "queue.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Tray = Queue<int>;

asio::awaitable<void> wait(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// The fourth page is a photo.
asio::awaitable<void> scan_pages(Tray& tray) {
  for (int page = 1; page <= 5; ++page) {
    fmt::print("Scan page {}\n", page);
    const auto time = page == 4 ? 5000ms : 1000ms;
    co_await wait(time);
    co_await tray.put(page);
  }
  // TODO: that was the last page.
}

asio::awaitable<void> print_pages(Tray& tray) {
  // TODO: an empty tray is not the end.
  while (tray.size() > 0) {
    const auto page = co_await tray.get();
    fmt::print("Print page {}\n", *page);
    co_await wait(2200ms);
    fmt::print("Printed page {}\n", *page);
  }
}

asio::awaitable<void> copy() {
  Tray tray(co_await asio::this_coro::executor, 1);
  co_await (scan_pages(tray) && print_pages(tray));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, copy(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
