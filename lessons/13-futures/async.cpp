// A parcel that comes later: a future that can be awaited. Look
// at what the thread does until it is there.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string>

#include "future.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> bring(Future<std::string> parcel) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(2s);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("The courier rings\n");
  parcel.set_result("a book");
}

asio::awaitable<void> unpack(Future<std::string> parcel) {
  fmt::print("Waiting for a parcel\n");
  const std::string content = co_await parcel.get();
  fmt::print("Unpacked {}\n", content);
}

asio::awaitable<void> read_paper() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int page = 1; page <= 5; ++page) {
    timer.expires_after(600ms);
    co_await timer.async_wait(asio::use_awaitable);
    fmt::print("Page {} is read\n", page);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Future<std::string> parcel(loop.get_executor());
  asio::co_spawn(loop, bring(parcel), rethrow);
  asio::co_spawn(loop, unpack(parcel), rethrow);
  asio::co_spawn(loop, read_paper(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
