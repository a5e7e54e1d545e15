// A trap: a server in which all clients share one buffer. Look
// at what they hear on this backend, and then on the other one.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend.hpp"

using asio::ip::tcp;

using Piece = std::array<char, 1024>;

asio::awaitable<void> serve_client(tcp::socket socket,
                                   Piece& piece, int& echoed) {
  const std::size_t size = co_await socket.async_read_some(
      asio::buffer(piece), asio::use_awaitable);
  co_await asio::async_write(socket, asio::buffer(piece, size),
                             asio::use_awaitable);
  ++echoed;
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

std::string hear(tcp::socket& socket) {
  std::string echo(socket.available(), ' ');
  asio::read(socket, asio::buffer(echo));
  return echo;
}

int main() {
  const std::string_view words[] = {"soup", "bread", "salt"};
  asio::io_context loop;
  const auto loopback = asio::ip::address_v4::loopback();
  tcp::acceptor acceptor(loop, {loopback, 0});
  std::vector<tcp::socket> clients;
  Piece piece;
  int echoed = 0;
  for (int client = 0; client < 3; ++client) {
    clients.emplace_back(loop).connect(acceptor.local_endpoint());
    auto task = serve_client(acceptor.accept(), piece, echoed);
    asio::co_spawn(loop, std::move(task), rethrow);
  }
  loop.poll();  // the server waits in three reads

  for (std::size_t client = 0; client < 3; ++client) {
    asio::write(clients[client], asio::buffer(words[client]));
  }
  while (echoed < 3 && loop.run_one() == 1) {
  }
  fmt::print("{}\n", backend);
  for (std::size_t client = 0; client < 3; ++client) {
    fmt::print("{} becomes {}\n", words[client],
               hear(clients[client]));
  }
}
