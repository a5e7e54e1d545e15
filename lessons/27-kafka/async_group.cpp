// Ann reads three partitions, until Ben comes to help her, and
// again when he has left. Look at who says how they are shared.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <cstddef>
#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../13-futures/waiters.hpp"
#include "kafka.hpp"

using namespace asio::experimental::awaitable_operators;

// How many partitions each member of the group has.
class Shares {
 public:
  explicit Shares(asio::any_io_executor executor)
      : changed_(executor) {}

  void note(const std::string& name, std::size_t partitions) {
    shares_.erase(name);
    if (partitions > 0) shares_[name] = partitions;
    if (!complete()) return;
    fmt::print("3 partitions for {}\n",
               shares_.size() == 1 ? shares_.begin()->first
                                   : "Ann and Ben");
    changed_.wake_all();
  }

  // Waits until this many members share all partitions.
  asio::awaitable<void> among(std::size_t members) {
    while (!complete() || shares_.size() != members) {
      co_await changed_.wait();
    }
  }

 private:
  bool complete() const {
    std::size_t sum = 0;
    for (const auto& [name, share] : shares_) sum += share;
    return sum == 3;
  }

  std::map<std::string, std::size_t> shares_;
  Waiters changed_;
};

kafka::Settings member_of(std::string cluster) {
  auto settings = kafka::consuming(cluster, "packers");
  // So that the test takes less time. A real cluster refuses so
  // short a time-out.
  if (kafka::real_cluster() == nullptr) {
    settings["session.timeout.ms"] = "4000";
  }
  return settings;
}

asio::awaitable<void> read(kafka::Consumer& consumer) {
  while (true) co_await consumer.receive();
}

// Waits until Ben has come, and has gone.
asio::awaitable<void> alone_again(Shares& shares) {
  co_await shares.among(2);
  co_await shares.among(1);
}

asio::awaitable<void> be_member(std::string cluster,
                                std::string name, Shares& shares,
                                asio::awaitable<void> end) {
  auto executor = co_await asio::this_coro::executor;
  kafka::Consumer consumer(executor, member_of(cluster));
  consumer.on_assignment([&](const std::vector<int>& given) {
    shares.note(name, given.size());
  });
  fmt::print("{} joins\n", name);
  consumer.subscribe("orders");
  co_await (read(consumer) || std::move(end));
  fmt::print("{} leaves\n", name);
  co_await consumer.leave();
}

asio::awaitable<void> help(std::string cluster, Shares& shares) {
  co_await shares.among(1);
  co_await be_member(cluster, "Ben", shares, shares.among(2));
}

asio::awaitable<void> run_shop(std::string cluster) {
  Shares shares(co_await asio::this_coro::executor);
  co_await (
      be_member(cluster, "Ann", shares, alone_again(shares)) &&
      help(cluster, shares));
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
