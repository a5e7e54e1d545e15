// A program that hangs. Build it with handler tracking, and look
// for the operation that begins and never ends.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <exception>
#include <string>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

using Door = asio::experimental::channel<void(asio::error_code,
                                              std::string)>;

asio::awaitable<void> bring(Door& door, bool in_the_van) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(2s);
  co_await timer.async_wait(asio::use_awaitable_t<>{});
  if (!in_the_van) co_return;
  co_await door.async_send(asio::error_code{}, "a book",
                           asio::use_awaitable_t<>{});
}

asio::awaitable<void> unpack(Door& door) {
  fmt::print("Waiting for a parcel\n");
  const std::string content =
      co_await door.async_receive(asio::use_awaitable_t<>{});
  fmt::print("Unpacked {}\n", content);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Door door(loop);
  asio::co_spawn(loop, bring(door, false), rethrow);
  asio::co_spawn(loop, unpack(door), rethrow);
  loop.run_for(5s);  // run() would wait forever
  if (!loop.stopped()) fmt::print("A task is still waiting\n");

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
