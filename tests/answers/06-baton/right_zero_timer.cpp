// Right: a timer that has expired already suspends the task, too.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;

asio::awaitable<void> copy_text(std::string_view scribe) {
  for (int line = 1; line <= 4; ++line) {
    fmt::print("{} writes line {}\n", scribe, line);
    std::this_thread::sleep_for(200ms);
    asio::steady_timer pause(co_await asio::this_coro::executor, 0ms);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, copy_text("Ada"), rethrow);
  asio::co_spawn(loop, copy_text("Ben"), rethrow);
  asio::co_spawn(loop, copy_text("Cleo"), rethrow);
  loop.run();
}
