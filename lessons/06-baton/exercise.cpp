// Three scribes and one pen. Writing a line takes 200 ms and
// keeps eyes, hands and thread busy: the sleep stands for that,
// so leave it in. Let each pass the pen on after every line.
// As it is, Ada writes all her lines before Ben gets the pen.
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
    // TODO: pass the pen.
  }
  co_return;
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
