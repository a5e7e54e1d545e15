// Right: a task for each line, which queues the task for the next.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;

asio::awaitable<void> copy_line(std::string_view scribe, int line) {
  fmt::print("{} writes line {}\n", scribe, line);
  std::this_thread::sleep_for(200ms);
  if (line == 4) co_return;
  auto executor = co_await asio::this_coro::executor;
  asio::post(executor, [executor, scribe, line] {
    asio::co_spawn(executor, copy_line(scribe, line + 1), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  });
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, copy_line("Ada", 1), rethrow);
  asio::co_spawn(loop, copy_line("Ben", 1), rethrow);
  asio::co_spawn(loop, copy_line("Cleo", 1), rethrow);
  loop.run();
}
