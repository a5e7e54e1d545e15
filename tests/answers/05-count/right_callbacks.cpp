// Right: the horn is an object with a timer and callbacks.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <system_error>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> flash() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int number = 1; number <= 7; ++number) {
    fmt::print("flash {}\n", number);
    timer.expires_after(400ms);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// Each callback sets the timer for the next one.
class Horn {
 public:
  explicit Horn(asio::io_context& loop) : timer_(loop) {}

  void blow(int number) {
    fmt::print("horn {}\n", number);
    timer_.expires_after(750ms);
    timer_.async_wait([this, number](std::error_code error) {
      if (!error && number < 4) blow(number + 1);
    });
  }

 private:
  asio::steady_timer timer_;
};

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, flash(), rethrow);
  Horn horn(loop);
  asio::post(loop, [&horn] { horn.blow(1); });
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
