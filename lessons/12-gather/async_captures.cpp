// A trap: two coroutines that are lambdas, each with a ticket.
// Look at which ticket is still there when its owner travels.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "gather.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Ticket {
  explicit Ticket(std::string_view who) : owner(who) {}
  ~Ticket() { fmt::print("{}'s ticket is gone\n", owner); }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  std::string_view owner;
};

asio::awaitable<void> ride(std::chrono::seconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> travel() {
  Awaitables<void> trips;
  auto anns = std::make_shared<Ticket>("Ann");
  trips.push_back(
      [kept = std::move(anns)]() -> asio::awaitable<void> {
        fmt::print("Ann leaves\n");
        co_await ride(1s);
        fmt::print("Ann arrives\n");  // `kept` is gone
      }());
  auto bens = std::make_shared<Ticket>("Ben");
  trips.push_back(
      [](std::shared_ptr<Ticket> kept) -> asio::awaitable<void> {
        fmt::print("Ben leaves\n");
        co_await ride(2s);
        fmt::print("{} arrives\n", kept->owner);
      }(std::move(bens)));
  co_await gather(std::move(trips));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, travel(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
