// Wrong: a pause as long as the work: the others write in the meantime, but the last pause is for
// nothing.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;

asio::awaitable<void> copy_text(std::string_view scribe) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int line = 1; line <= 4; ++line) {
    fmt::print("{} writes line {}\n", scribe, line);
    std::this_thread::sleep_for(200ms);
    timer.expires_after(200ms);
    co_await timer.async_wait(asio::use_awaitable);
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
