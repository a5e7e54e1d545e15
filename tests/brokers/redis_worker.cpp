// Prints each message of a stream, a line each, and then acknowledges it: ADDRESS STREAM NAME.
#include <fmt/core.h>

#include <asio.hpp>
#include <cstdio>
#include <exception>

#include "../../lessons/26-redis/stream.hpp"

asio::awaitable<void> work(redis::Address address, redis::StreamSettings settings) {
  const auto executor = co_await asio::this_coro::executor;
  redis::Stream stream(executor, address, settings);
  for (;;) {
    const redis::Entry entry = co_await stream.receive();
    fmt::print("{}\n", entry.text);
    std::fflush(stdout);
    co_await stream.acknowledge(entry);
  }
}

int main(int, char* argv[]) {
  asio::io_context loop;
  redis::StreamSettings settings;
  settings.stream = argv[2];
  settings.consumer = argv[3];
  settings.prefetch = 20;
  settings.claim_after = std::chrono::seconds(2);
  asio::co_spawn(loop, work(redis::parse_address(argv[1]), settings), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
}
