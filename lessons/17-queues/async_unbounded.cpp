// A trap: a queue that is never full. Each second five messages
// come in and two are processed. Look at how many wait.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <limits>

#include "queue.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Messages = Queue<int>;

constexpr auto no_bound = std::numeric_limits<std::size_t>::max();

asio::awaitable<void> process(int) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(500ms);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> produce(Messages& queue) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int message = 1; message <= 20; ++message) {
    timer.expires_after(200ms);
    co_await timer.async_wait(asio::use_awaitable);
    co_await queue.put(message);
    if (message % 5 > 0) continue;
    fmt::print("Put {}, {} wait\n", message, queue.size());
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
  Messages queue(loop.get_executor(), no_bound);
  asio::co_spawn(loop, produce(queue), rethrow);
  asio::co_spawn(loop, consume(queue), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
