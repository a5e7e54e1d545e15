// The function as a coroutine. Look at where it starts to
// answer: at the call, or at the co_await?
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <utility>

asio::awaitable<int> answer() {
  fmt::print("start to answer\n");
  co_return 42;
}

asio::awaitable<void> ask() {
  asio::awaitable<int> later = answer();
  fmt::print("before await\n");
  const int result = co_await std::move(later);
  fmt::print("result is {}\n", result);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, ask(), rethrow);
  loop.run();
}
