// Throws an exception in a task and does not catch it.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <stdexcept>

asio::awaitable<void> work() {
  fmt::print("First\n");
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(std::chrono::seconds(1));
  co_await timer.async_wait(asio::use_awaitable);
  throw std::runtime_error("the kettle is empty");
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, work(), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
}
