// Wrong: compares with the latest cake only.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../15-timeouts/wait_for.hpp"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

asio::awaitable<void> pause(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// A broker small enough for this program.
class Rail {
 public:
  // A new order, or one that was handed out 3s ago and not
  // acknowledged. Nothing, once all are acknowledged.
  asio::awaitable<std::optional<int>> receive() {
    if (next_ <= 5) {
      handed_out_[next_] = steady_clock::now();
      co_return next_++;
    }
    if (handed_out_.empty()) co_return std::nullopt;
    auto oldest = handed_out_.begin();
    for (auto order = oldest; order != handed_out_.end(); ++order) {
      if (order->second < oldest->second) oldest = order;
    }
    const int number = oldest->first;
    asio::steady_timer timer(co_await asio::this_coro::executor, oldest->second + 3s);
    co_await timer.async_wait(asio::use_awaitable);
    handed_out_[number] = steady_clock::now();
    co_return number;
  }

  asio::awaitable<void> acknowledge(int number) {
    co_await pause(200ms);
    handed_out_.erase(number);
  }

 private:
  int next_ = 1;
  std::map<int, steady_clock::time_point> handed_out_;
};

// What outlives the bakers.
struct Shop {
  Rail rail;
  std::vector<int> cakes;
};

asio::awaitable<void> work(std::string name, Shop& shop) {
  while (const auto order = co_await shop.rail.receive()) {
    if (shop.cakes.empty() || shop.cakes.back() != *order) {
      fmt::print("{} begins cake {}\n", name, *order);
      co_await pause(1000ms);
      shop.cakes.push_back(*order);
      fmt::print("{} has baked cake {}\n", name, *order);
    }
    co_await shop.rail.acknowledge(*order);
  }
}

// Works for this long, and drops out in the middle of something.
asio::awaitable<void> drop_out(std::string name, Shop& shop, milliseconds time) {
  try {
    auto shift = work(name, shop);
    co_await wait_for(std::move(shift), time);
  } catch (const TimedOut&) {
    fmt::print("{} drops out\n", name);
  }
}

asio::awaitable<void> day(Shop& shop) {
  co_await drop_out("Ann", shop, 2300ms);
  co_await drop_out("Ben", shop, 1700ms);
  co_await work("Cleo", shop);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  Shop shop;
  asio::co_spawn(loop, day(shop), rethrow);
  loop.run();
  fmt::print("Cakes: {}\n", fmt::join(shop.cakes, ", "));
}
