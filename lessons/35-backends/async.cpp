// An echo server with a task for each client, on the backend
// that Asio was compiled for. Look at its system calls.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <exception>
#include <string_view>
#include <utility>

#include "backend.hpp"
#include "clients.hpp"
#include "wrap_calls.hpp"

using asio::ip::tcp;

asio::awaitable<void> serve_client(tcp::socket socket,
                                   std::size_t& echoed) {
  std::array<char, 1024> piece;
  asio::error_code end;
  for (;;) {
    const std::size_t size = co_await socket.async_read_some(
        asio::buffer(piece),
        asio::redirect_error(asio::use_awaitable, end));
    if (end) co_return;
    co_await asio::async_write(
        socket, asio::buffer(piece, size),
        asio::redirect_error(asio::use_awaitable, end));
    if (end) co_return;
    echoed += size;
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

void serve(int number, std::string_view who) {
  asio::io_context loop;
  const auto loopback = asio::ip::address_v4::loopback();
  tcp::acceptor acceptor(loop, {loopback, 0});
  Clients clients(acceptor.local_endpoint(), number);
  std::size_t echoed = 0;
  for (int client = 1; client <= number; ++client) {
    asio::co_spawn(loop, serve_client(acceptor.accept(), echoed),
                   rethrow);
  }

  const auto work_until = [&](std::size_t bytes) {
    echoed = 0;
    while (echoed < bytes) loop.run_one();
  };
  clients.talk(fmt::format("{}, {}", backend, who), work_until);
  clients.leave();
  loop.run();
}

int main() {
  try {
    serve(1, "1 client");
    serve(100, "100 clients");
  } catch (const std::exception& error) {
    return complain(error);
  }
}
