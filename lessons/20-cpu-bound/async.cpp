// Primes are counted in four ranges by a pool, and a ticker ticks
// until that is done. Look at which thread adds up the results.
#include <asio.hpp>
#include <chrono>
#include <exception>

#include "primes.hpp"
#include "progress.hpp"
#include "run_on.hpp"

using namespace std::chrono_literals;

asio::awaitable<void> count(asio::thread_pool& pool, Range range,
                            Tally& progress) {
  auto work = [range] { return count_primes(range); };
  progress.add(co_await run_on(pool, work));
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
  asio::thread_pool pool(2);
  for (const Range range : ranges) {
    asio::co_spawn(loop, count(pool, range, progress), rethrow);
  }
  asio::co_spawn(loop, tick(progress), rethrow);
  loop.run();
  progress.print();
}
