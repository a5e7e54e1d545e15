// A weather station computes the forecasts for three regions,
// which keeps a thread busy for seconds, and its display is
// frozen. There are three processors: use them.
// As it is, it takes 5.7s; it should take 2.0s.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <thread>

#include "run_on.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

const auto loops_thread = std::this_thread::get_id();

struct Region {
  std::string name;
  std::chrono::milliseconds effort;
  int degrees;
};

// The sleep stands for computing: the thread is busy.
int compute(Region region) {
  std::this_thread::sleep_for(region.effort);
  const bool in_loop = std::this_thread::get_id() == loops_thread;
  return in_loop ? -273 : region.degrees;  // the display froze
}

class Station {
 public:
  asio::awaitable<void> forecast_all() {
    const Region coast{"coast", 700ms, 12};
    const Region plain{"plain", 1200ms, 15};
    const Region hills{"hills", 1800ms, 6};
    // TODO: start all three before you wait for the first.
    const int first = co_await forecast(coast);
    const int second = co_await forecast(plain);
    const int third = co_await forecast(hills);
    fmt::print("On average {}\n", (first + second + third) / 3);
  }

 private:
  asio::awaitable<int> forecast(Region region) {
    fmt::print("Start {}\n", region.name);
    // TODO: let the pool compute.
    const int degrees = compute(region);
    fmt::print("End {}: {} degrees\n", region.name, degrees);
    co_return degrees;
  }

  asio::thread_pool pool_{3};
};

asio::awaitable<void> run_display() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int beat = 1; beat <= 4; ++beat) {
    timer.expires_after(500ms);
    co_await timer.async_wait(asio::use_awaitable);
    fmt::print("display beat {}\n", beat);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Station station;
  asio::co_spawn(loop, station.forecast_all(), rethrow);
  asio::co_spawn(loop, run_display(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
