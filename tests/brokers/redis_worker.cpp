// Prints each message of a stream, a line each, and acknowledges it a moment later: ADDRESS STREAM
// NAME.
#include <fmt/core.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <asio.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "../../lessons/26-redis/stream.hpp"

asio::awaitable<void> work(redis::Address address, redis::StreamSettings settings) {
  const auto executor = co_await asio::this_coro::executor;
  const redis::Report report = [](const std::string& trouble) {
    if (!trouble.empty()) fmt::print(stderr, "Worker {}: {}\n", getpid(), trouble);
  };
  redis::Stream stream(executor, address, settings, report);
  asio::steady_timer timer(executor);
  for (;;) {
    const redis::Entry entry = co_await stream.receive();
    fmt::print("{}\n", entry.text);
    std::fflush(stdout);
    timer.expires_after(std::chrono::milliseconds(1));
    co_await timer.async_wait(asio::use_awaitable);
    co_await stream.acknowledge(entry);
  }
}

int main(int, char* argv[]) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // the test may be killed
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
