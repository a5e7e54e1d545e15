// Reading takes nothing out. Look at who begins where: at the
// group's commit, or at the start.
#include <fmt/core.h>

#include <asio.hpp>
#include <cstdint>
#include <exception>
#include <string>

#include "kafka.hpp"

asio::awaitable<void> place_orders(std::string cluster) {
  auto executor = co_await asio::this_coro::executor;
  kafka::Producer producer(executor, kafka::producing(cluster));
  for (std::string goods : {"Tea", "Milk", "Eggs"}) {
    const auto place =
        co_await producer.send("orders", "Ben", goods);
    fmt::print("{} has offset {}\n", goods, place.offset);
  }
}

// All orders of one customer are in the same partition.
constexpr int bens = 0;

asio::awaitable<void> read(std::string cluster, std::string group,
                           std::int64_t from, int count) {
  auto executor = co_await asio::this_coro::executor;
  kafka::Consumer consumer(executor,
                           kafka::consuming(cluster, group));
  consumer.assign("orders", bens, from);
  for (int read = 0; read < count; ++read) {
    const auto order = co_await consumer.receive();
    fmt::print("{}: {}\n", group, order.text);
    co_await consumer.commit(order);
  }
}

asio::awaitable<void> run_shop(std::string cluster) {
  co_await place_orders(cluster);
  co_await read(cluster, "packers", kafka::from_commit, 2);
  fmt::print("The packers go on\n");
  co_await read(cluster, "packers", kafka::from_commit, 1);
  fmt::print("Another group, which comes later\n");
  co_await read(cluster, "statistics", kafka::from_commit, 3);
  fmt::print("The packers, once more from the start\n");
  co_await read(cluster, "packers", kafka::from_start, 3);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const auto cluster = kafka::cluster(argc, argv);
    asio::io_context loop;
    asio::co_spawn(loop, run_shop(cluster), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
