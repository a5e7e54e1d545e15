// Wrong: one way to be told, and no token.
#include <fmt/core.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "../15-timeouts/wait_for.hpp"
#include "pending.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// The library. It has no thread: main calls step() when a drink
// is due.
class Machine {
 public:
  // Returns the order's number. Water is always hot: its
  // callback is called at once.
  int brew(const std::string& drink, std::function<void()> callback) {
    const std::map<std::string, std::chrono::seconds> menu{
        {"Espresso", 1s}, {"Coffee", 3s}, {"Tea", 400s}};
    const int number = ++last_;
    if (drink == "Water") {
      ++brewed_;
      callback();
    } else {
      orders_[number] = {steady_clock::now() + menu.at(drink), std::move(callback)};
    }
    return number;
  }

  // True: it will not call back. False: it has done so.
  bool stop(int number) {
    if (orders_.extract(number).empty()) return false;
    ++stopped_;
    return true;
  }

  // When step() is to be called.
  steady_clock::time_point due() const {
    auto first = steady_clock::time_point::max();
    for (const auto& [number, order] : orders_) {
      first = std::min(first, order.ready);
    }
    return first;
  }

  // Calls back for the drinks that are ready.
  void step() {
    for (int number = 1; number <= last_; ++number) {
      const auto found = orders_.find(number);
      if (found == orders_.end()) continue;
      if (found->second.ready > steady_clock::now()) continue;
      const auto order = orders_.extract(found);
      ++brewed_;
      order.mapped().callback();
    }
  }

  std::string status() const {
    return fmt::format("{} brewed, {} stopped, {} brewing", brewed_, stopped_, orders_.size());
  }

 private:
  struct Order {
    steady_clock::time_point ready;
    std::function<void()> callback;
  };

  int last_ = 0;
  int brewed_ = 0;
  int stopped_ = 0;
  std::map<int, Order> orders_;
};

void async_brew(Machine& machine, std::string drink,
                std::function<void(asio::error_code)> handler) {
  machine.brew(drink, [handler] { handler(asio::error_code{}); });
}

// A strand is an executor. This one is the counter's: the orders
// placed there are to end there.
using Counter = asio::strand<asio::io_context::executor_type>;

void report(const std::string& what, const Counter& counter) {
  const bool here = counter.running_in_this_thread();
  fmt::print("{} {}\n", what, here ? "at the counter" : "elsewhere");
}

void order(Machine& machine, const std::string& drink, const Counter& counter,
           asio::cancellation_slot slot = {}) {
  auto served = [drink, counter](asio::error_code) { report(drink + " is served", counter); };
  async_brew(machine, drink,
             asio::bind_cancellation_slot(slot, asio::bind_executor(counter, served)));
  fmt::print("{} is ordered\n", drink);
}

asio::awaitable<void> drink_three(Machine& machine, Counter counter) {
  // The terrace has another counter. The water is cancelled too
  // late: the machine has called back.
  const Counter terrace(counter.get_inner_executor());
  asio::cancellation_signal cancel;
  order(machine, "Water", terrace, cancel.slot());
  cancel.emit(asio::cancellation_type::terminal);

  fmt::print("Espresso is ordered\n");
  co_await async_brew(machine, "Espresso", asio::use_awaitable);
  report("Espresso is served", counter);
  fmt::print("Tea is ordered\n");
  auto tea = async_brew(machine, "Tea", asio::use_awaitable);
  try {
    co_await wait_for(std::move(tea), 1s);
    report("Tea is served", counter);
  } catch (const TimedOut&) {
    report("Tea is cancelled", counter);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Machine machine;
  const Counter counter(loop.get_executor());
  order(machine, "Coffee", counter);
  asio::co_spawn(counter, drink_three(machine, counter), rethrow);
  while (!loop.stopped()) {  // until it has no work left
    loop.run_one_until(machine.due());
    machine.step();
  }

  fmt::print("The loop ends: {}\n", machine.status());
  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
