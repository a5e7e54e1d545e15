// Three couriers ride out, each on their own road. Nothing says
// when they leave or how long they take: print a line as each one
// rides out and, on their return, the seconds that you measured.
// As it is, it takes 6.0s, which is right, but three lines are
// missing, and three are too short.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> ride(std::string_view courier,
                           std::chrono::seconds way) {
  // TODO: report "Ida rides out, 2s each way".
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(way + way);
  co_await timer.async_wait(asio::use_awaitable);
  // TODO: report the seconds, too: "Ida is back after 4.0s".
  fmt::print("{} is back\n", courier);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, ride("Ida", 2s), rethrow);
  asio::co_spawn(loop, ride("Jon", 1s), rethrow);
  asio::co_spawn(loop, ride("Kim", 3s), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
