// Right: the pen is a message, which each scribe receives from the one before.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <system_error>
#include <thread>

using namespace std::chrono_literals;

struct Pen {};
using Hand = asio::experimental::channel<void(std::error_code, Pen)>;

asio::awaitable<void> copy_text(std::string_view scribe, Hand& mine, Hand& next) {
  for (int line = 1; line <= 4; ++line) {
    const Pen pen = co_await mine.async_receive(asio::use_awaitable);
    fmt::print("{} writes line {}\n", scribe, line);
    std::this_thread::sleep_for(200ms);
    next.try_send(std::error_code(), pen);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  Hand ada(loop, 1), ben(loop, 1), cleo(loop, 1);
  ada.try_send(std::error_code(), Pen{});
  asio::co_spawn(loop, copy_text("Ada", ada, ben), rethrow);
  asio::co_spawn(loop, copy_text("Ben", ben, cleo), rethrow);
  asio::co_spawn(loop, copy_text("Cleo", cleo, ada), rethrow);
  loop.run();
}
