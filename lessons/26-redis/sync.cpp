// A kitchen takes its orders from a stream in Redis. Ann, the
// cook, is killed. Look at what becomes of what she had begun.
#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <string>
#include <thread>

#include "blocking.hpp"
#include "child.hpp"
#include "entries.hpp"
#include "kitchen.hpp"
#include "say.hpp"

using namespace std::chrono_literals;
using redis::Address, redis::Entry, redis::Reply;
using std::chrono::milliseconds;
using Connection = redis::BlockingConnection;

void pause(milliseconds time) {
  std::this_thread::sleep_for(time);
}

void waiter(Address address) {
  Connection redis(address);
  for (int number = 1; number <= 6; ++number) {
    say("Order {} is placed\n", number);
    redis.command("XADD", orders, "*", "number", number);
    pause(400ms);
  }
}

// An order that a cook has had for 1.2s, or else a new one.
std::optional<Entry> take(Connection& redis,
                          const std::string& name) {
  const Reply left = redis.command("XAUTOCLAIM", orders, "cooks",
                                   name, 1200, 0, "COUNT", 1);
  auto taken = redis::entries_claimed(left);
  if (taken.empty()) {
    const Reply fresh = redis.command(
        "XREADGROUP", "GROUP", "cooks", name, "COUNT", 1, "BLOCK",
        1000, "STREAMS", orders, ">");
    taken = redis::entries_read(fresh);
  }
  if (taken.empty()) return std::nullopt;
  return taken.front();
}

void work(const std::string& name, Address address) {
  Connection redis(address);
  while (const auto order = take(redis, name)) {
    say("{} takes {}\n", name, order->text);
    pause(1000ms);
    redis.command("SADD", served, order->text);
    say("{} serves {}\n", name, order->text);
    redis.command("XACK", orders, "cooks", order->id);
  }
}

void cook(const std::string& name, Address address) {
  work(name, address);
  say("{} goes home\n", name);
}

void open_kitchen(Address address) {
  Connection redis(address);
  redis.command("DEL", orders, served);
  redis.command("XGROUP", "CREATE", orders, "cooks", 0,
                "MKSTREAM");
}

void close_kitchen(Address address) {
  Connection redis(address);
  const Reply numbers = redis.command("SORT", served);
  print_served(numbers);
}

int main(int argc, char* argv[]) {
  try {
    const Address address = redis::address_from(argc, argv);
    open_kitchen(address);
    Child ann([&] { cook("Ann", address); });
    pause(300ms);
    Child customers([&] { waiter(address); });
    pause(1800ms);
    ann.end(SIGKILL);
    say("Ann is killed\n");
    Child ben([&] { cook("Ben", address); });
    customers.wait();
    ben.wait();
    close_kitchen(address);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
