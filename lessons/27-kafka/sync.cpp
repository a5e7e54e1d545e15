// Six orders from three customers, packed one after the other.
// Look at the blocking calls, and at how many there are.
#include <fmt/core.h>

#include <chrono>
#include <exception>
#include <string>
#include <thread>

#include "blocking.hpp"
#include "orders.hpp"

using kafka::blocking::Consumer;
using kafka::blocking::Producer;

void work(std::chrono::milliseconds time) {
  std::this_thread::sleep_for(time);
}

void place_orders(std::string cluster) {
  Producer producer(kafka::producing(cluster));
  for (const ShopOrder& order : shop_orders) {
    const auto place =
        producer.send("orders", order.customer, order.goods);
    fmt::print("{} for {}: partition {}\n", order.goods,
               order.customer, place.partition);
  }
}

void pack(std::string cluster, int partition) {
  Consumer consumer(kafka::consuming(cluster, "packers"));
  consumer.assign("orders", partition, kafka::from_commit);
  for (int packed = 0; packed < 2; ++packed) {
    const auto order = consumer.receive();
    work(time_to_pack(order.key));
    fmt::print("Packed {} for {}\n", order.text, order.key);
    consumer.commit(order);
  }
}

int main(int argc, char* argv[]) {
  try {
    const auto cluster = kafka::cluster(argc, argv);
    place_orders(cluster);
    for (int partition : {0, 1, 2}) pack(cluster, partition);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
