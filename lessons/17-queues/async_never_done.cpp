// A trap: the consumer does not report that a message is done.
// Look at how long join() waits.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>

#include "../15-timeouts/wait_for.hpp"
#include "queue.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Messages = Queue<std::string_view>;

asio::awaitable<void> process(std::string_view message) {
  fmt::print("Processing message: {}\n", message);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(1500ms);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("Message processed successfully\n");
}

// One message comes in each second.
asio::awaitable<void> produce(Messages& queue) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (const char* message : {"Hello", "World", "Asyncio"}) {
    timer.expires_after(1s);
    co_await timer.async_wait(asio::use_awaitable);
    co_await queue.put(message);
  }
  try {
    co_await wait_for(queue.join(), 10s);
  } catch (const TimedOut&) {
    fmt::print("Waited 10s for join(), in vain\n");
  }
  queue.close();
}

asio::awaitable<void> consume(Messages& queue) {
  while (auto message = co_await queue.get()) {
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
  Messages queue(loop.get_executor(), 2);
  asio::co_spawn(loop, produce(queue), rethrow);
  asio::co_spawn(loop, consume(queue), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
