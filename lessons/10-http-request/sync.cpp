// Fetches one page and prints its status, size and title. Look
// at the calls that block.
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

Response fetch(Url url, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  asio::io_context loop;
  tcp::resolver resolver(loop);
  tcp::socket socket(loop);
  const auto addresses = resolver.resolve(url.host, url.port);
  asio::connect(socket, addresses);
  const std::string request = request_for(url);
  asio::write(socket, asio::buffer(request));

  ResponseParser parser;
  std::array<char, 16384> piece;
  while (!parser.done()) {
    if (!wait_to_read(socket, deadline)) throw NoAnswer(limit);
    asio::error_code error;
    const std::size_t size =
        socket.read_some(asio::buffer(piece), error);
    parser.take({piece.data(), size});
    if (error == asio::error::eof) parser.end();
    if (error && !parser.done()) throw std::system_error(error);
  }
  return parser.response();
}

void show(Url url, milliseconds limit) {
  const Response response = fetch(url, limit);
  fmt::print("Status: {}\nSize: {} bytes\nTitle: {}\n",
             response.status, response.body.size(),
             title(response.body));
}

int main(int argc, char* argv[]) {
  if (argc < 2) {
    fmt::print(stderr, "Usage: {} URL [SECONDS]\n", argv[0]);
    return 2;
  }
  try {
    const auto limit = parse_seconds(argc > 2 ? argv[2] : "10");
    show(parse_http_url(argv[1]), limit);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], reason(error));
    return 1;
  }
}
