// Three tasks plan a trip, and each returns a different result.
// Look at the order in which their results are printed.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> wait(std::chrono::seconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<std::string> find_train() {
  fmt::print("Look for a train\n");
  co_await wait(3s);
  fmt::print("Found a train\n");
  co_return "08:14";
}

asio::awaitable<int> find_room() {
  fmt::print("Look for a room\n");
  co_await wait(1s);
  fmt::print("Found a room\n");
  co_return 12;
}

asio::awaitable<double> find_temperature() {
  fmt::print("Look at the weather\n");
  co_await wait(2s);
  fmt::print("Found the weather\n");
  co_return 18.5;
}

asio::awaitable<void> plan_trip() {
  const auto [train, room, temperature] = co_await (
      find_train() && find_room() && find_temperature());
  fmt::print("Train at {}, room {}, {} degrees\n", train, room,
             temperature);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, plan_trip(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
