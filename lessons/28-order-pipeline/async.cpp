// A shop on the web that accepts an order at once, and has
// workers who pack it. Look at what is between the two.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <stdexcept>

#include "../16-cancellation/task_group.hpp"
#include "../22-echo-server/limits.hpp"
#include "desk.hpp"
#include "memory_queue.hpp"
#include "options.hpp"
#include "other_queue.hpp"
#include "shelf.hpp"
#include "table_shelf.hpp"
#include "worker.hpp"

// Returns when the queue of orders is closed and empty.
asio::awaitable<void> employ_workers(const Options& options,
                                     OrderQueue& orders,
                                     OrderQueue& results,
                                     Shelf& shelf) {
  const auto hire =
      [&](TaskGroup& workers) -> asio::awaitable<void> {
    for (int number = 1; number <= options.workers; ++number) {
      workers.start(
          work(number, orders, results, shelf, options.time));
    }
    co_return;
  };
  co_await with_task_group(hire);
  results.close();
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const Options options = parse_options(argc, argv);
    if (options.queue != "memory") run_other(options.queue, argv);
    asio::io_context loop;
    const auto shelf =
        make_shelf(loop.get_executor(), options.shelf);
    MemoryQueue orders(loop.get_executor());
    MemoryQueue results(loop.get_executor());
    Desk desk(loop, options.settings, orders, results);
    asio::co_spawn(loop, desk.run(), rethrow);
    asio::co_spawn(
        loop, employ_workers(options, orders, results, *shelf),
        rethrow);
    asio::signal_set signals(loop, SIGTERM, SIGINT);
    signals.async_wait([&](auto, int) { loop.stop(); });
    print_line(fmt::format("127.0.0.1:{}", desk.port()));
    loop.run();

    signals.clear();  // a second Ctrl-C ends it at once
    desk.stop();
    orders.close();
    loop.restart();
    loop.run_for(options.settings.limits.farewell);
    if (orders.left() == 0) return 0;
    throw std::runtime_error(fmt::format(
        "accepted orders that are lost: {}", orders.left()));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
