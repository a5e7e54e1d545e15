// A shop on the web that packs an order while the customer is
// waiting for the answer. Look at who else waits.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <thread>

#include "../22-echo-server/limits.hpp"
#include "blocking_desk.hpp"
#include "options.hpp"
#include "shelf_file.hpp"

// Packs once, however often the order comes.
void pack(const Order& order, sqlite::Connection& shelf,
          milliseconds time) {
  if (has(shelf, order.number)) return;
  print_line(fmt::format("Packing order {}", order.number));
  std::this_thread::sleep_for(time);
  put(shelf, order.number);
}

int main(int argc, char* argv[]) {
  try {
    const Options options = parse_options(argc, argv);
    asio::io_context loop;
    const ShelfFile file(options.shelf);
    sqlite::Connection shelf(file.path());
    const auto work = [&](const Order& order) {
      pack(order, shelf, options.time);
    };
    BlockingDesk desk(loop, options.settings, work);
    print_line(fmt::format("127.0.0.1:{}", desk.port()));
    desk.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
