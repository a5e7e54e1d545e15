// Eight orders, and Redis itself is killed in the middle. Look
// at what is lost, and at what the waiter has to do about it.
#include <asio.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "kitchen.hpp"
#include "stream.hpp"

using namespace std::chrono_literals;
using redis::Address, redis::Connection, redis::Reply;
using redis::Stream;
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

asio::awaitable<void> waiter(Address address) {
  const auto executor = co_await asio::this_coro::executor;
  bool lost = false;
  const redis::Report report = [&](const std::string& trouble) {
    if (trouble.empty()) say("The waiter has Redis again\n");
    if (!trouble.empty() && !lost)
      say("The waiter has lost Redis\n");
    lost = !trouble.empty();
  };
  Stream stream(executor, address, rail(), report);
  for (int number = 1; number <= number_of_orders; ++number) {
    const std::string text = std::to_string(number);
    co_await stream.publish(text);
    say("Order {} is on the disk\n", number);
    co_await pause(300ms);
  }
}

// Quiet: how far he is when Redis dies is his own business.
asio::awaitable<void> cook(Address address,
                           std::set<std::string>& done) {
  const auto executor = co_await asio::this_coro::executor;
  Stream stream(executor, address, rail());
  while (done.size() < number_of_orders) {
    const redis::Entry order = co_await stream.receive();
    co_await pause(200ms);
    done.insert(order.text);  // a second time changes nothing
    co_await stream.acknowledge(order);
  }
}

// kill -9, if it is the Redis that was started for this lesson.
asio::awaitable<void> murderer(Address address) {
  co_await pause(1000ms);
  Connection redis(co_await asio::this_coro::executor, address);
  const Reply folder =
      co_await redis.command("CONFIG", "GET", "dir");
  const Reply info = co_await redis.command("INFO", "server");
  const std::string field = "process_id:";
  const auto place = info.text.find(field);
  if (folder.items.at(1).text.find("/workbook-redis.") ==
          std::string::npos ||
      place == std::string::npos) {
    throw std::runtime_error("this is not ours to kill");
  }
  kill(std::stoi(info.text.substr(place + field.size())),
       SIGKILL);
  say("Redis is killed\n");
}

// What a task throws must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const Address address = redis::address_from(argc, argv);
    asio::io_context loop;
    std::set<std::string> done;
    asio::co_spawn(loop, waiter(address), rethrow);
    asio::co_spawn(loop, cook(address, done), rethrow);
    asio::co_spawn(loop, murderer(address), rethrow);
    loop.run();
    say("Served: {}\n", fmt::join(done, ", "));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
