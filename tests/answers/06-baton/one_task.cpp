// Wrong: one task writes for all three, and each of them writes to the end.
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
    co_await asio::post(asio::use_awaitable);
  }
}

asio::awaitable<void> copy_all() {
  co_await copy_text("Ada");
  co_await copy_text("Ben");
  co_await copy_text("Cleo");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, copy_all(), rethrow);
  loop.run();
}
