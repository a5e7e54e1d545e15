// A trap: the tasks do the computing, on the thread of the loop.
// Look at what becomes of the ticker.
#include <asio.hpp>
#include <chrono>
#include <exception>

#include "primes.hpp"
#include "progress.hpp"

using namespace std::chrono_literals;

asio::awaitable<void> count(Range range, Tally& progress) {
  progress.add(count_primes(range));
  co_return;
}

asio::awaitable<void> tick(Tally& progress) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!progress.done()) {
    ++progress.ticks;
    timer.expires_after(1ms);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  Tally progress;
  asio::io_context loop;
  for (const Range range : ranges) {
    asio::co_spawn(loop, count(range, progress), rethrow);
  }
  asio::co_spawn(loop, tick(progress), rethrow);
  loop.run();
  progress.print();
}
