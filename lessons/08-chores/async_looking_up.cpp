// Like async.cpp, but after each potato we look up for a moment.
// Look at when the dryer starts now.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> run_machine(std::string_view what,
                                  std::chrono::seconds time) {
  fmt::print("Start {} for {} seconds\n", what, time.count());
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("End {} for {} seconds\n", what, time.count());
}

asio::awaitable<void> wash_clothes() {
  co_await run_machine("washing machine", 3s);
  co_await run_machine("dryer", 3s);
}

asio::awaitable<void> clean_potatoes(int pieces) {
  asio::steady_timer look_up(co_await asio::this_coro::executor);
  fmt::print("Start cleaning potatoes for {} pieces\n", pieces);
  for (int piece = 0; piece < pieces; ++piece) {
    fmt::print("Cleaning potato {}\n", piece);
    std::this_thread::sleep_for(500ms);
    look_up.expires_after(1ms);
    co_await look_up.async_wait(asio::use_awaitable);
  }
  fmt::print("End cleaning potatoes for {} pieces\n", pieces);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, run_machine("dishwasher", 3s), rethrow);
  asio::co_spawn(loop, wash_clothes(), rethrow);
  asio::co_spawn(loop, run_machine("boiling water", 4s), rethrow);
  asio::co_spawn(loop, clean_potatoes(14), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
