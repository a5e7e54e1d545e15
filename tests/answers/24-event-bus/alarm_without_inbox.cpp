// A weather station measures every half second, and its display
// takes 1.3s to draw a number. Do not let it hold up the
// station: it should draw the newest number next, and leave out
// those that it has missed. Then start an alarm that misses no
// frost.
// As it is, it takes 10.9s and should take 5.7s.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "event_bus.hpp"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Measured {
  int degrees;
};
using Bus = EventBus<Measured>;

asio::awaitable<void> work(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

std::vector<int> frosts;
bool off = false;

asio::awaitable<void> frost_alarm() {
  for (std::size_t at = 0; !off || at < frosts.size();) {
    if (at == frosts.size()) {
      co_await work(500ms);
      continue;
    }
    co_await work(900ms);
    fmt::print("Frost: {}\n", frosts[at++]);
  }
}

asio::awaitable<void> station(Bus& bus) {
  fmt::print("Station: on\n");
  for (const int degrees : {5, 3, 1, -1, -3, -2, 2, 4}) {
    co_await work(500ms);
    fmt::print("Measured: {}\n", degrees);
    co_await bus.publish(Measured{degrees});
    if (degrees < 0) frosts.push_back(degrees);
  }
  fmt::print("Station: off\n");
  off = true;
  bus.close<Measured>();
}

asio::awaitable<void> display(Subscription<Measured> numbers) {
  while (auto number = co_await numbers.next()) {
    co_await work(1300ms);
    fmt::print("Display: {}\n", number->degrees);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Bus bus(loop.get_executor());
  auto to_show = bus.subscribe<Measured>(1, WhenFull::drop_oldest);
  asio::co_spawn(loop, display(std::move(to_show)), rethrow);
  asio::co_spawn(loop, station(bus), rethrow);
  asio::co_spawn(loop, frost_alarm(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
