// A trap: each worker gets five of the ten pictures beforehand.
// Look at when each of them runs out of work.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <iterator>
#include <vector>

#include "pictures.hpp"

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Jobs = std::vector<Picture>;

asio::awaitable<void> download(Picture picture, int worker) {
  fmt::print("Start {} (worker {})\n", picture.name, worker);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(picture.time);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("End {} (worker {})\n", picture.name, worker);
}

asio::awaitable<void> work(int worker, Jobs jobs) {
  for (const Picture& picture : jobs) {
    co_await download(picture, worker);
  }
  fmt::print("Worker {} goes home\n", worker);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Jobs hands[2];
  for (std::size_t i = 0; i < std::size(pictures); ++i) {
    hands[i % 2].push_back(pictures[i]);
  }
  asio::co_spawn(loop, work(1, hands[0]), rethrow);
  asio::co_spawn(loop, work(2, hands[1]), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
