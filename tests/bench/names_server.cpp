// Answers each question about any name at once. Prints its port, and runs until it is ended.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "../../lessons/33-dns/name_server.hpp"

asio::awaitable<void> serve(asio::ip::udp::socket socket) {
  const auto address = asio::ip::make_address_v4("192.0.2.1");
  for (;;) {
    std::array<char, 512> room;
    asio::ip::udp::endpoint client;
    const std::size_t size =
        co_await socket.async_receive_from(asio::buffer(room), client, asio::use_awaitable);
    const auto question = dns::read_question({room.data(), size});
    if (!question) continue;
    const std::string answer = dns::answer(*question, 0, {address});
    co_await socket.async_send_to(asio::buffer(answer), client, asio::use_awaitable);
  }
}

int main() {
  asio::io_context loop;
  asio::ip::udp::socket socket(loop, {asio::ip::address_v4::loopback(), 0});
  fmt::print("{}\n", socket.local_endpoint().port());
  std::fflush(stdout);
  asio::co_spawn(loop, serve(std::move(socket)), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
}
