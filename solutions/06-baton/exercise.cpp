// Three scribes and one pen: the pen goes round. The work takes
// as long as before, but every scribe gets on with it.
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
    // Puts the rest of this task at the end of the loop's queue
    // and gives the thread to the first in it. Without the
    // co_await the task would just go on.
    co_await asio::post(asio::use_awaitable);
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
