// Six orders from three customers, packed by three tasks. Look at
// the sequence of one customer's lines, and of all lines.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>

#include "kafka.hpp"
#include "orders.hpp"

using namespace asio::experimental::awaitable_operators;
using kafka::Consumer;
using kafka::Producer;

asio::awaitable<void> work(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> place_orders(std::string cluster) {
  auto executor = co_await asio::this_coro::executor;
  Producer producer(executor, kafka::producing(cluster));
  for (const ShopOrder& order : shop_orders) {
    const auto place = co_await producer.send(
        "orders", order.customer, order.goods);
    fmt::print("{} for {}: partition {}\n", order.goods,
               order.customer, place.partition);
  }
}

asio::awaitable<void> pack(std::string cluster, int partition) {
  auto executor = co_await asio::this_coro::executor;
  Consumer consumer(executor,
                    kafka::consuming(cluster, "packers"));
  consumer.assign("orders", partition, kafka::from_commit);
  for (int packed = 0; packed < 2; ++packed) {
    const auto order = co_await consumer.receive();
    co_await work(time_to_pack(order.key));
    fmt::print("Packed {} for {}\n", order.text, order.key);
    co_await consumer.commit(order);
  }
}

asio::awaitable<void> run_shop(std::string cluster) {
  co_await place_orders(cluster);
  co_await (pack(cluster, 0) && pack(cluster, 1) &&
            pack(cluster, 2));
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
