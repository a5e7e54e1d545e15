// A trap: the first loop makes four coroutines, the second
// awaits each. Look at when a sleeper really starts.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> sleeper(int number) {
  fmt::print("Start {}\n", number);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(1s);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("End {}\n", number);
}

asio::awaitable<void> sleep_all() {
  std::vector<asio::awaitable<void>> sleepers;
  for (int number = 0; number < 4; ++number) {
    sleepers.push_back(sleeper(number));
  }
  for (auto& waiting : sleepers) {
    co_await std::move(waiting);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, sleep_all(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
