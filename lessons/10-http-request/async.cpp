// Fetches one page and prints its status, size and title. Look
// at the calls that wait for the other end: each is awaited.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <exception>
#include <string>
#include <system_error>

#include "request.hpp"
#include "response.hpp"
#include "time_limit.hpp"
#include "title.hpp"

using asio::ip::tcp;

asio::awaitable<Response> fetch(Url url) {
  auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  tcp::socket socket(executor);
  const auto addresses = co_await resolver.async_resolve(
      url.host, url.port, asio::use_awaitable);
  co_await asio::async_connect(socket, addresses,
                               asio::use_awaitable);
  const std::string request = request_for(url);
  co_await asio::async_write(socket, asio::buffer(request),
                             asio::use_awaitable);

  ResponseParser parser;
  std::array<char, 16384> piece;
  while (!parser.done()) {
    asio::error_code error;
    const std::size_t size = co_await socket.async_read_some(
        asio::buffer(piece),
        asio::redirect_error(asio::use_awaitable, error));
    parser.take({piece.data(), size});
    if (error == asio::error::eof) parser.end();
    if (error && !parser.done()) throw std::system_error(error);
  }
  co_return parser.response();
}

asio::awaitable<void> show(Url url) {
  const Response response = co_await fetch(url);
  fmt::print("Status: {}\nSize: {} bytes\nTitle: {}\n",
             response.status, response.body.size(),
             title(response.body));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  if (argc < 2) {
    fmt::print(stderr, "Usage: {} URL [SECONDS]\n", argv[0]);
    return 2;
  }
  try {
    const auto limit = parse_seconds(argc > 2 ? argv[2] : "10");
    asio::io_context loop;
    asio::co_spawn(loop, show(parse_http_url(argv[1])), rethrow);
    loop.run_for(limit);
    if (!loop.stopped()) throw NoAnswer(limit);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], reason(error));
    return 1;
  }
}
