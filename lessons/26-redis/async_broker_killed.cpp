// Eight orders, and Redis itself is killed in the middle. Look
// at what is lost, and at what the waiter has to do about it.
#include <signal.h>
#include <sys/types.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <set>
#include <string>
#include <utility>

#include "kitchen.hpp"
#include "stream.hpp"

using namespace std::chrono_literals;
using redis::Address, redis::Connection, redis::Stream;
using std::chrono::milliseconds;

constexpr int number_of_orders = 8;

asio::awaitable<void> pause(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

redis::StreamSettings rail() {
  redis::StreamSettings settings;
  settings.stream = "workbook:rail";
  settings.claim_after = 1500ms;
  return settings;
}

// The program that started Redis kills it, and starts it again. A
// task that waits for an answer in the meantime gets none.
asio::awaitable<void> kill_redis(Address address, pid_t server) {
  Connection redis(co_await asio::this_coro::executor, address);
  co_await redis.command("PING");
  kill(server, SIGUSR1);
  try {
    co_await redis.command("BLPOP", "workbook:nothing", 0);
  } catch (const redis::Disconnected&) {
    say("Redis is killed\n");
  }
}

asio::awaitable<void> waiter(Address address, pid_t server) {
  const auto executor = co_await asio::this_coro::executor;
  bool lost = false;
  const redis::Report report = [&](const std::string& trouble) {
    if (trouble.empty()) say("The waiter has Redis again\n");
    const bool lost_it = !trouble.empty() && !lost;
    if (lost_it) say("The waiter has lost Redis\n");
    lost = !trouble.empty();
  };
  Stream stream(executor, address, rail(), report);
  for (int number = 1; number <= number_of_orders; ++number) {
    const std::string text = std::to_string(number);
    co_await stream.publish(text);
    say("Order {} is on the disk\n", number);
    co_await pause(200ms);
    if (number == 4) co_await kill_redis(address, server);
  }
}

asio::awaitable<void> cook(Address address,
                           std::set<std::string>& done) {
  const auto executor = co_await asio::this_coro::executor;
  Stream stream(executor, address, rail());
  while (done.size() < number_of_orders) {
    const redis::Entry order = co_await stream.receive();
    co_await pause(100ms);
    done.insert(order.text);  // a second time changes nothing
    co_await stream.acknowledge(order);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  if (argc != 3) {
    fmt::print(stderr, "Usage: {} HOST:PORT PROCESS\n", argv[0]);
    return 2;
  }
  try {
    const Address address = redis::parse_address(argv[1]);
    asio::io_context loop;
    std::set<std::string> done;
    asio::co_spawn(loop, waiter(address, std::stoi(argv[2])),
                   rethrow);
    asio::co_spawn(loop, cook(address, done), rethrow);
    loop.run();
    say("Served: {}\n", fmt::join(done, ", "));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
