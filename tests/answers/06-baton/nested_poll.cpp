// Wrong: the task runs the next handler itself, in the middle of its line, so it does not get the
// pen back in turn.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;

asio::awaitable<void> copy_text(asio::io_context& loop, std::string_view scribe) {
  for (int line = 1; line <= 4; ++line) {
    fmt::print("{} writes line {}\n", scribe, line);
    std::this_thread::sleep_for(200ms);
    loop.poll_one();
  }
  co_return;
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, copy_text(loop, "Ada"), rethrow);
  asio::co_spawn(loop, copy_text(loop, "Ben"), rethrow);
  asio::co_spawn(loop, copy_text(loop, "Cleo"), rethrow);
  loop.run();
}
