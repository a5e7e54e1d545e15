// Right: the handler of a call that failed starts a timer,
// whose handler calls again.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
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

void ask(asio::io_context& loop, std::shared_ptr<Station> station) {
  asio::co_spawn(loop, call(*station), [&loop, station](std::exception_ptr error) {
    if (!error) return;
    auto pause = std::make_shared<asio::steady_timer>(loop, 1s);
    pause->async_wait([&loop, station, pause](asio::error_code) { ask(loop, station); });
  });
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  ask(loop, std::make_shared<Station>(Station{"North", 1000ms, 0}));
  ask(loop, std::make_shared<Station>(Station{"West", 700ms, 2}));
  ask(loop, std::make_shared<Station>(Station{"South", 2500ms, 1}));
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
