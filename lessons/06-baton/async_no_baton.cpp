// A trap: two runners as tasks, and neither passes the baton.
// Look at who runs next.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <string_view>

asio::awaitable<void> run(std::string_view runner) {
  fmt::print("start {}\n", runner);
  for (int step = 0; step < 10; ++step) {
    fmt::print("{} {}\n", runner, step);
  }
  co_return;
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  fmt::print("Before\n");
  asio::co_spawn(loop, run("A"), rethrow);
  asio::co_spawn(loop, run("B"), rethrow);
  fmt::print("After\n");
  loop.run();
}
