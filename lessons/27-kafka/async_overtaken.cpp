// Three orders of one partition are packed at the same time, and
// the lights go out. Look at who commits what before that.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <string_view>

#include "../15-timeouts/wait_for.hpp"
#include "kafka.hpp"
#include "progress.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

asio::awaitable<void> place_orders(std::string cluster) {
  auto executor = co_await asio::this_coro::executor;
  kafka::Producer producer(executor, kafka::producing(cluster));
  for (std::string goods : {"Piano", "Pen", "Book", "Lamp"}) {
    co_await producer.send("orders", "Ben", goods);
  }
}

std::chrono::milliseconds time_to_pack(std::string_view goods) {
  if (goods == "Piano") return 2000ms;
  if (goods == "Pen") return 200ms;
  return 500ms;
}

// All orders of one customer are in the same partition.
constexpr int bens = 0;

struct Packer {
  kafka::Consumer consumer;
  kafka::Progress progress;
  bool careful;

  asio::awaitable<void> pack_one() {
    auto order = co_await consumer.receive();
    progress.started(order.place);
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             time_to_pack(order.text));
    co_await timer.async_wait(asio::use_awaitable);
    fmt::print("Packed {}\n", order.text);
    const auto all_before = progress.done(order.place);
    if (careful) order.place = all_before;
    co_await consumer.commit(order);
  }

  asio::awaitable<void> pack_three() {
    co_await (pack_one() && pack_one() && pack_one());
  }
};

asio::awaitable<void> next_one(std::string cluster,
                               std::string group) {
  auto executor = co_await asio::this_coro::executor;
  kafka::Consumer consumer(executor,
                           kafka::consuming(cluster, group));
  consumer.assign("orders", bens, kafka::from_commit);
  const auto order = co_await consumer.receive();
  fmt::print("The next one goes on with {}\n", order.text);
}

asio::awaitable<void> try_it(std::string cluster, bool careful) {
  const std::string group = careful ? "careful" : "hasty";
  auto executor = co_await asio::this_coro::executor;
  {
    Packer packer{{executor, kafka::consuming(cluster, group)},
                  {},
                  careful};
    packer.consumer.assign("orders", bens, kafka::from_commit);
    try {
      co_await wait_for(packer.pack_three(), 1s);
    } catch (const TimedOut&) {
      fmt::print("Lights out for the {} packer\n", group);
    }
  }
  co_await next_one(cluster, group);
}

asio::awaitable<void> run_shop(std::string cluster) {
  co_await place_orders(cluster);
  co_await try_it(cluster, false);
  co_await try_it(cluster, true);
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
