// A trap: the tasks of async.cpp with a std::future. Look at
// when the courier rings.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <future>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> bring(std::promise<std::string> parcel) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(2s);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("The courier rings\n");
  parcel.set_value("a book");
}

asio::awaitable<void> unpack(std::future<std::string> parcel) {
  fmt::print("Waiting for a parcel\n");
  if (parcel.wait_for(4s) == std::future_status::timeout) {
    fmt::print("Nothing came within 4 seconds\n");
    co_return;
  }
  const std::string content = parcel.get();
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
  std::promise<std::string> promise;
  std::future<std::string> parcel = promise.get_future();
  asio::co_spawn(loop, bring(std::move(promise)), rethrow);
  asio::co_spawn(loop, unpack(std::move(parcel)), rethrow);
  asio::co_spawn(loop, read_paper(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
