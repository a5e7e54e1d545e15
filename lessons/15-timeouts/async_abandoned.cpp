// A trap: after 1 second the caller no longer listens to the
// 4-second call. Look at what the call does after that.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

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
  timer.expires_after(4s);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("An appointment is made, and nobody knows\n");
  co_return "Friday at nine";
}

using Answer = asio::experimental::channel<void(
    std::exception_ptr, std::string)>;

asio::awaitable<void> make_appointment() {
  auto executor = co_await asio::this_coro::executor;
  auto answer = std::make_shared<Answer>(executor, 1);
  asio::co_spawn(executor, call_doctor(),
                 [answer](auto error, std::string appointment) {
                   answer->try_send(error, appointment);
                 });
  try {
    auto arrival = answer->async_receive(asio::use_awaitable);
    const auto appointment =
        co_await wait_for(std::move(arrival), 1s);
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
