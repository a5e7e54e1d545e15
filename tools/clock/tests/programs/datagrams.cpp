// A datagram there and back, over loopback, in one program; and two small writes in a row on a
// stream, which without TCP_NODELAY would be kept back for 40 ms of real time.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <exception>

using asio::ip::tcp;
using asio::ip::udp;

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> answer(udp::socket& server) {
  std::array<char, 4> data;
  udp::endpoint client;
  const auto size =
      co_await server.async_receive_from(asio::buffer(data), client, asio::use_awaitable);
  co_await server.async_send_to(asio::buffer(data, size), client, asio::use_awaitable);
}

asio::awaitable<void> ask(udp::endpoint server) {
  udp::socket socket(co_await asio::this_coro::executor, udp::v4());
  std::array<char, 4> data{'p', 'i', 'n', 'g'};
  co_await socket.async_send_to(asio::buffer(data), server, asio::use_awaitable);
  const auto size = co_await socket.async_receive(asio::buffer(data), asio::use_awaitable);
  fmt::print("{} bytes came back\n", size);
}

asio::awaitable<void> echo(tcp::acceptor& acceptor) {
  auto socket = co_await acceptor.async_accept(asio::use_awaitable);
  std::array<char, 8> data;
  for (int i = 0; i < 3; ++i) {
    co_await asio::async_read(socket, asio::buffer(data), asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(data), asio::use_awaitable);
  }
}

asio::awaitable<void> write_twice(tcp::endpoint server) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server, asio::use_awaitable);
  std::array<char, 4> half{};
  std::array<char, 8> whole;
  for (int i = 0; i < 3; ++i) {
    co_await asio::async_write(socket, asio::buffer(half), asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(half), asio::use_awaitable);
    co_await asio::async_read(socket, asio::buffer(whole), asio::use_awaitable);
  }
  fmt::print("three answers\n");
}

int main() {
  asio::io_context loop;
  udp::socket server(loop, {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(loop, answer(server), rethrow);
  asio::co_spawn(loop, ask(server.local_endpoint()), rethrow);
  loop.run();
  loop.restart();
  tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(loop, echo(acceptor), rethrow);
  asio::co_spawn(loop, write_twice(acceptor.local_endpoint()), rethrow);
  loop.run();
}
