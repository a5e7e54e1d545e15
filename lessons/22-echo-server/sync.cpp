// Says back what it hears, to one client at a time. Look at
// what waits while a client has nothing to say.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <exception>
#include <utility>

#include "blocking.hpp"
#include "limits.hpp"

using asio::ip::tcp;

// Until the client leaves, or dawdles. Returns why it ended.
asio::error_code echo(tcp::socket& socket, Waits& waits) {
  std::array<char, 1024> piece;
  asio::error_code error;
  while (!error) {
    const std::size_t size = waits.read_some(
        socket, asio::buffer(piece), waits.deadline(), error);
    if (error) break;
    waits.write_all(socket, asio::buffer(piece, size), error);
  }
  return error;
}

void serve_client(tcp::socket socket, int number, Waits& waits) {
  print_line(fmt::format("Client {} is served", number));
  const asio::error_code end = echo(socket, waits);
  print_line(
      fmt::format("Client {} leaves: {}", number, end.message()));
}

void serve(tcp::acceptor& acceptor, Waits& waits) {
  int number = 0;
  while (waits.for_client()) {
    asio::error_code error;
    tcp::socket socket = acceptor.accept(error);
    if (!error) serve_client(std::move(socket), ++number, waits);
  }
}

int main(int argc, char* argv[]) {
  try {
    const Settings settings = parse_settings(argc, argv);
    asio::io_context loop;
    const auto loopback = asio::ip::address_v4::loopback();
    tcp::acceptor acceptor(loop, {loopback, settings.port});
    Waits waits(acceptor, settings.limits);
    print_line(fmt::format("127.0.0.1:{}",
                           acceptor.local_endpoint().port()));
    serve(acceptor, waits);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
