// A server and its clients in one program, over loopback: three clients ask for an answer after
// one, two and three seconds, and wait at most two and a half.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> serve(tcp::socket socket) {
  std::array<char, 1> seconds;
  co_await asio::async_read(socket, asio::buffer(seconds), asio::use_awaitable);
  co_await pause((seconds[0] - '0') * 1000ms);
  asio::error_code gone;
  co_await asio::async_write(socket, asio::buffer(seconds),
                             asio::redirect_error(asio::use_awaitable, gone));
}

asio::awaitable<void> listen(tcp::acceptor& acceptor) {
  for (int i = 0; i < 3; ++i) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), rethrow);
  }
}

asio::awaitable<void> ask(tcp::endpoint server, int seconds) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server, asio::use_awaitable);
  std::array<char, 1> request{static_cast<char>('0' + seconds)};
  co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
  co_await asio::async_read(socket, asio::buffer(request), asio::use_awaitable);
}

asio::awaitable<void> client(tcp::endpoint server, int seconds) {
  const auto result = co_await (ask(server, seconds) || pause(2500ms));
  fmt::print("client {}: {}\n", seconds, result.index() == 0 ? "answer" : "time-out");
}

int main() {
  const auto start = std::chrono::steady_clock::now();
  asio::io_context loop;
  tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(loop, listen(acceptor), rethrow);
  for (int seconds = 1; seconds <= 3; ++seconds) {
    asio::co_spawn(loop, client(acceptor.local_endpoint(), seconds), rethrow);
  }
  loop.run();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
