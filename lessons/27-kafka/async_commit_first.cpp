// A packer commits an order, and then packs it. Look at what the
// next packer goes on with if the lights go out in between.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <stdexcept>
#include <string>

#include "kafka.hpp"

struct LightsOut : std::runtime_error {
  using std::runtime_error::runtime_error;
};

asio::awaitable<void> place_orders(std::string cluster) {
  auto executor = co_await asio::this_coro::executor;
  kafka::Producer producer(executor, kafka::producing(cluster));
  for (std::string goods : {"Tea", "Milk", "Eggs"}) {
    co_await producer.send("orders", "Ben", goods);
  }
}

void pack(std::string packer, kafka::Message order) {
  if (packer == "Ann" && order.text == "Milk") {
    throw LightsOut("Lights out, before Milk is packed");
  }
  fmt::print("{} has packed {}\n", packer, order.text);
}

// All orders of one customer are in the same partition.
constexpr int bens = 0;

asio::awaitable<void> work(std::string cluster,
                           std::string packer) {
  auto executor = co_await asio::this_coro::executor;
  kafka::Consumer consumer(executor,
                           kafka::consuming(cluster, "packers"));
  consumer.assign("orders", bens, kafka::from_commit);
  while (true) {
    const auto order = co_await consumer.receive();
    co_await consumer.commit(order);
    pack(packer, order);
    if (order.text == "Eggs") co_return;  // the last one
  }
}

asio::awaitable<void> run_shop(std::string cluster) {
  co_await place_orders(cluster);
  try {
    co_await work(cluster, "Ann");
  } catch (const LightsOut& error) {
    fmt::print("{}\n", error.what());
  }
  co_await work(cluster, "Ben");
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
