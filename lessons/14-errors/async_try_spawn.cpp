// A trap: a `try` around co_spawn. The task throws at once, in
// the middle of that line. Look at where its exception is caught.
#include <fmt/core.h>

#include <asio.hpp>
#include <exception>
#include <stdexcept>

asio::awaitable<void> decorate(int vases) {
  if (vases == 0) throw std::runtime_error("there is no vase");
  fmt::print("Put flowers on the table\n");
  co_return;
}

// A task's exception must not get lost: run() throws it.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> plan_party() {
  auto executor = co_await asio::this_coro::executor;
  try {
    asio::co_spawn(executor, decorate(0), rethrow);
    fmt::print("The flowers are on their way\n");
  } catch (const std::runtime_error& error) {
    fmt::print("plan_party caught: {}\n", error.what());
  }
  try {
    co_await decorate(0);
  } catch (const std::runtime_error& error) {
    fmt::print("plan_party caught: {}\n", error.what());
  }
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, plan_party(), rethrow);
  try {
    loop.run();
  } catch (const std::runtime_error& error) {
    fmt::print("main caught: {}\n", error.what());
  }
}
