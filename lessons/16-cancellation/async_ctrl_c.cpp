// A kitchen that cooks until you press Ctrl-C. Look at what is
// still done after that.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <string_view>

#include "kitchen.hpp"
#include "stove.hpp"
#include "task_group.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> cook_on(std::string_view dish,
                              std::chrono::milliseconds time) {
  const Stove stove(dish);
  for (int plate = 1;; ++plate) {
    co_await wait(time);
    fmt::print("{} {}\n", dish, plate);
  }
}

// (`kill` and `docker stop` send SIGTERM.)
asio::awaitable<void> close_at_ctrl_c(TaskGroup& kitchen) {
  asio::signal_set signals(co_await asio::this_coro::executor,
                           SIGINT, SIGTERM);
  co_await signals.async_wait(asio::use_awaitable);
  fmt::print("Ctrl-C: we are closing\n");
  kitchen.cancel();
}

// In place of a person. Try it with your own fingers, too.
asio::awaitable<void> press_ctrl_c() {
  co_await wait(2500ms);
  std::raise(SIGINT);
}

asio::awaitable<void> open_kitchen(TaskGroup& kitchen) {
  kitchen.start(close_at_ctrl_c(kitchen));
  kitchen.start(cook_on("pancake", 1000ms));
  kitchen.start(cook_on("omelette", 700ms));
  kitchen.start(press_ctrl_c());
  co_return;
}

asio::awaitable<void> run_kitchen() {
  co_await with_task_group(open_kitchen);
  fmt::print("All stoves are off, the door is locked\n");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, run_kitchen(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
