// Two tasks, each waiting for a message that only the other could send.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <exception>

using Channel = asio::experimental::channel<void(asio::error_code, int)>;

asio::awaitable<void> answer(Channel& question, Channel& reply) {
  const int number = co_await question.async_receive(asio::use_awaitable);
  co_await reply.async_send(asio::error_code{}, number, asio::use_awaitable);
}

int main() {
  asio::io_context loop;
  Channel left(loop);
  Channel right(loop);
  const auto rethrow = [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  };
  fmt::print("First\n");
  asio::co_spawn(loop, answer(left, right), rethrow);
  asio::co_spawn(loop, answer(right, left), rethrow);
  asio::steady_timer timer(loop, std::chrono::seconds(1));
  timer.async_wait([](asio::error_code) {});
  loop.run();
}
