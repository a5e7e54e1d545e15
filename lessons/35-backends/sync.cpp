// An echo server with a thread for each client. Look at its
// system calls.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <exception>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "backend.hpp"
#include "clients.hpp"
#include "wrap_calls.hpp"

using asio::ip::tcp;

void serve_client(tcp::socket socket) {
  std::array<char, 1024> piece;
  asio::error_code end;
  for (;;) {
    const std::size_t size =
        socket.read_some(asio::buffer(piece), end);
    if (end) return;
    asio::write(socket, asio::buffer(piece, size), end);
    if (end) return;
  }
}

void serve(int number, std::string_view who) {
  asio::io_context loop;
  const auto loopback = asio::ip::address_v4::loopback();
  tcp::acceptor acceptor(loop, {loopback, 0});
  Clients clients(acceptor.local_endpoint(), number);
  std::vector<std::thread> threads;
  for (int client = 1; client <= number; ++client) {
    threads.emplace_back(serve_client, acceptor.accept());
  }

  const auto work_until = [](std::size_t) {};  // they work
  clients.talk(fmt::format("threads, {}", who), work_until);
  clients.leave();
  for (std::thread& thread : threads) thread.join();
}

int main() {
  try {
    serve(1, "1 client");
    serve(100, "100 clients");
  } catch (const std::exception& error) {
    return complain(error);
  }
}
