// The clients of both servers. The argument is the server's
// ADDRESS. Look at who waits for whose meal.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

#include "../10-http-request/response.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;

asio::awaitable<void> ask(tcp::endpoint server,
                          std::string_view name,
                          std::string_view path) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server, asio::use_awaitable);
  fmt::print("{} asks for {}\n", name, path);
  const std::string request = fmt::format(
      "GET {} HTTP/1.1\r\nHost: kitchen\r\n\r\n", path);
  co_await asio::async_write(socket, asio::buffer(request),
                             asio::use_awaitable);
  ResponseParser parser;
  std::array<char, 1024> piece;
  while (!parser.done()) {
    const std::size_t size = co_await socket.async_read_some(
        asio::buffer(piece), asio::use_awaitable);
    parser.take({piece.data(), size});
  }
  fmt::print("{} gets {}\n", name, parser.response().body);
}

asio::awaitable<void> ask_later(tcp::endpoint server) {
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           500ms);
  co_await timer.async_wait(asio::use_awaitable);
  co_await ask(server, "Ben", "/");
}

asio::awaitable<void> all(tcp::endpoint server) {
  co_await (ask(server, "Ada", "/concurrent") &&
            ask_later(server));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  if (argc < 2) {
    fmt::print(stderr, "Usage: {} ADDRESS\n", argv[0]);
    return 2;
  }
  const std::string address = argv[1];
  const auto colon = address.rfind(':');
  const auto port = std::stoi(address.substr(colon + 1));
  const tcp::endpoint server(
      asio::ip::make_address(address.substr(0, colon)),
      static_cast<unsigned short>(port));
  asio::io_context loop;
  asio::co_spawn(loop, all(server), rethrow);
  loop.run();
}
