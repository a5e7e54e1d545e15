// Wrong: the station is a temporary of main, and gone after the
// first wait.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Station {
  std::string_view name;
  std::chrono::milliseconds delay;
  int calls_in_vain;
};

asio::awaitable<void> call(Station& station) {
  fmt::print("Call {}\n", station.name);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(station.delay);
  co_await timer.async_wait(asio::use_awaitable);
  if (station.calls_in_vain > 0) {
    --station.calls_in_vain;
    throw std::runtime_error("nobody answers");
  }
  fmt::print("Answer from {}\n", station.name);
}

asio::awaitable<void> ask(const Station& given) {
  Station station = given;
  asio::steady_timer pause(co_await asio::this_coro::executor);
  while (true) {
    try {
      co_await call(station);
      co_return;
    } catch (const std::runtime_error&) {
    }
    pause.expires_after(1s);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, ask({"North", 1000ms, 0}), rethrow);
  asio::co_spawn(loop, ask({"West", 700ms, 2}), rethrow);
  asio::co_spawn(loop, ask({"South", 2500ms, 1}), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
