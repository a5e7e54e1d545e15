// A carpenter's workshop. Glue and varnish dry unattended, but
// boards are planed by hand. The glue is dry at 1.5s, but no one
// looks: let the carpenter notice it after a board, and start to
// varnish.
// As it is, it takes 4.0s and should take 3.0s.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> dry(std::string_view what,
                          std::chrono::milliseconds time) {
  fmt::print("Start {}\n", what);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("End {}\n", what);
}

asio::awaitable<void> build_chair() {
  co_await dry("glue", 1500ms);
  co_await dry("varnish", 1000ms);
}

// The sleep stands for work: eyes and hands are busy.
void plane(int board) {
  fmt::print("Plane board {}\n", board);
  std::this_thread::sleep_for(500ms);
}

asio::awaitable<void> plane_boards() {
  fmt::print("Start planing\n");
  for (int board = 1; board <= 6; ++board) {
    plane(board);
    // TODO: look up for a moment.
  }
  fmt::print("End planing\n");
  co_return;
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, build_chair(), rethrow);
  asio::co_spawn(loop, plane_boards(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
