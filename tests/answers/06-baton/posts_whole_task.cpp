// Wrong: each task is posted as a whole, so it does come later, but in one piece.
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
  }
  co_return;
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  for (std::string_view scribe : {"Ada", "Ben", "Cleo"}) {
    asio::post(loop, [&loop, scribe] { asio::co_spawn(loop, copy_text(scribe), rethrow); });
  }
  loop.run();
}
