// Two runners who pass the baton after every step: `post` puts
// a task at the end of the loop's queue. Neither waits for a
// clock: look at who runs next.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <string_view>

asio::awaitable<void> run(std::string_view runner) {
  fmt::print("start {}\n", runner);
  for (int step = 0; step < 10; ++step) {
    fmt::print("{} {}\n", runner, step);
    co_await asio::post(asio::use_awaitable);
  }
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
