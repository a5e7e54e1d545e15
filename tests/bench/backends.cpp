// The echo server of lesson 35, for clients from outside: on the loop that it is compiled for, or
// with a thread for each client:
//   backends [threads]
// Prints its port, and serves until it is killed.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <cstdio>
#include <exception>
#include <string_view>
#include <thread>
#include <utility>

namespace {

using asio::ip::tcp;

asio::awaitable<void> serve_client(tcp::socket socket) {
  std::array<char, 1024> piece;
  asio::error_code end;
  for (;;) {
    const std::size_t size = co_await socket.async_read_some(
        asio::buffer(piece), asio::redirect_error(asio::use_awaitable, end));
    if (end) co_return;
    co_await asio::async_write(socket, asio::buffer(piece, size),
                               asio::redirect_error(asio::use_awaitable, end));
    if (end) co_return;
  }
}

void serve_client_by_thread(tcp::socket socket) {
  std::array<char, 1024> piece;
  asio::error_code end;
  for (;;) {
    const std::size_t size = socket.read_some(asio::buffer(piece), end);
    if (end) return;
    asio::write(socket, asio::buffer(piece, size), end);
    if (end) return;
  }
}

// An error of accept ends the program, and its last line says why.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> serve(tcp::acceptor& acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), serve_client(std::move(socket)), rethrow);
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  asio::io_context loop(1);
  tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  fmt::print("{}\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  if (argc > 1 && std::string_view(argv[1]) == "threads") {
    for (;;) std::thread(serve_client_by_thread, acceptor.accept()).detach();
  }
  asio::co_spawn(loop, serve(acceptor), rethrow);
  loop.run();
}
