// You call the doctor, are on hold for 400 seconds, and have
// patience for 1. Look at how the call ends, and when.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string>

#include "wait_for.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// Hangs up on every way out.
struct PhoneCall {
  PhoneCall() { fmt::print("On hold\n"); }
  ~PhoneCall() { fmt::print("Hung up\n"); }
};

asio::awaitable<std::string> call_doctor() {
  const PhoneCall call;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(400s);
  co_await timer.async_wait(asio::use_awaitable);
  co_return "Friday at nine";
}

asio::awaitable<void> make_appointment() {
  try {
    const auto appointment = co_await wait_for(call_doctor(), 1s);
    fmt::print("{}\n", appointment);
  } catch (const TimedOut&) {
    fmt::print("timeout\n");
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, make_appointment(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
