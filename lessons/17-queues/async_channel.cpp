// The same with Asio's own channel. Look at what is sent last.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// Without a value, it marks the end.
using Message = std::optional<std::string_view>;
using Messages =
    asio::experimental::channel<void(asio::error_code, Message)>;

asio::awaitable<void> process(std::string_view message) {
  fmt::print("Processing message: {}\n", message);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(1500ms);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("Message processed successfully\n");
}

asio::awaitable<void> send(Messages& channel, Message message) {
  co_await channel.async_send(asio::error_code(), message,
                              asio::use_awaitable);
}

// One message comes in each second.
asio::awaitable<void> produce(Messages& channel) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (const char* message : {"Hello", "World", "Asyncio"}) {
    timer.expires_after(1s);
    co_await timer.async_wait(asio::use_awaitable);
    co_await send(channel, message);
  }
  co_await send(channel, std::nullopt);
}

asio::awaitable<void> consume(Messages& channel) {
  while (auto message = co_await channel.async_receive(
             asio::use_awaitable)) {
    co_await process(*message);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Messages channel(loop, 2);
  asio::co_spawn(loop, produce(channel), rethrow);
  asio::co_spawn(loop, consume(channel), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
