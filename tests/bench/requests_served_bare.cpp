// The least that an HTTP server on Asio does: PORT. It reads a piece, takes it for a request, and
// sends an answer that it has ready. What it costs is the system's, and the loop's.
#include <array>
#include <asio.hpp>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace {

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\n"
    "Date: Mon, 30 Nov 2026 09:00:00 GMT\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 25\r\n"
    "\r\n"
    "{\"message\":\"Hello World\"}";

asio::awaitable<void> serve(asio::ip::tcp::socket socket) {
  asio::error_code error;
  std::array<char, 4096> piece;
  socket.set_option(asio::ip::tcp::no_delay(true), error);
  while (!error) {
    co_await socket.async_read_some(asio::buffer(piece),
                                    asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    co_await asio::async_write(socket, asio::buffer(answer),
                               asio::redirect_error(asio::use_awaitable, error));
  }
}

asio::awaitable<void> accept(unsigned short port) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), port});
  for (;;) {
    asio::co_spawn(executor, serve(co_await acceptor.async_accept(asio::use_awaitable)),
                   asio::detached);
  }
}

}  // namespace

int main(int, char* argv[]) {
  asio::io_context loop(1);
  asio::signal_set end(loop, SIGTERM);
  end.async_wait([&](asio::error_code, int) { loop.stop(); });
  asio::co_spawn(loop, accept(static_cast<unsigned short>(std::atoi(argv[1]))), asio::detached);
  loop.run();
}
