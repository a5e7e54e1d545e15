// The customers of both shops; ADDRESS says which shop. Look at
// the answer that Ada gets, and when; and at Ben, who orders
// twice because he has heard nothing.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "../10-http-request/response.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;
using std::chrono::milliseconds;

asio::awaitable<void> pause(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<tcp::socket> send(tcp::endpoint server,
                                  std::string request) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server, asio::use_awaitable);
  co_await asio::async_write(socket, asio::buffer(request),
                             asio::use_awaitable);
  co_return socket;
}

asio::awaitable<Response> ask(tcp::endpoint server,
                              std::string request) {
  auto socket = co_await send(server, std::move(request));
  ResponseParser parser;
  std::array<char, 1024> piece;
  while (!parser.done()) {
    const std::size_t size = co_await socket.async_read_some(
        asio::buffer(piece), asio::use_awaitable);
    parser.take({piece.data(), size});
  }
  co_return parser.response();
}

std::string order(std::string_view text) {
  return fmt::format(
      "POST /orders HTTP/1.1\r\nHost: shop\r\n"
      "Connection: close\r\nContent-Length: {}\r\n\r\n{}",
      text.size(), text);
}

std::string get(std::string_view path,
                std::string_view last_event = "") {
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n"
      "Last-Event-ID: {}\r\n\r\n",
      path, last_event);
}

asio::awaitable<void> ada(tcp::endpoint server) {
  fmt::print("Ada orders 1\n");
  const std::string request = order("1 kettle");
  const Response answer = co_await ask(server, request);
  fmt::print("Ada gets {} {}\n", answer.status, answer.body);
}

// Is cut off before he reads an answer, and tries again later.
asio::awaitable<void> ben(tcp::endpoint server) {
  const std::string request = order("2 lamp");
  co_await pause(500ms);
  fmt::print("Ben orders 2, and is cut off\n");
  auto socket = co_await send(server, request);
  co_await pause(100ms);
  socket.close();
  co_await pause(1900ms);
  fmt::print("Ben orders 2 again\n");
  const Response answer = co_await ask(server, request);
  fmt::print("Ben gets {} {}\n", answer.status, answer.body);
}

asio::awaitable<void> cleo(tcp::endpoint server) {
  co_await pause(700ms);
  fmt::print("Cleo orders 3\n");
  const std::string request = order("3 teapot");
  const Response answer = co_await ask(server, request);
  fmt::print("Cleo gets {} {}\n", answer.status, answer.body);
}

// Watches until there have been as many events as orders.
asio::awaitable<void> dan(tcp::endpoint server) {
  co_await pause(300ms);
  fmt::print("Dan watches\n");
  std::string last_event;
  for (int events = 0; events < 4;) {
    const std::string request = get("/events", last_event);
    const Response answer = co_await ask(server, request);
    std::istringstream lines(answer.body);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("id: ")) {
        last_event = line.substr(4);
        ++events;
      } else if (line.find("is packed") != line.npos) {
        fmt::print("Dan sees: {}\n",
                   line.substr(6, line.find(" by") - 6));
      }
    }
  }
}

asio::awaitable<void> all(tcp::endpoint server) {
  co_await (ada(server) && ben(server) && cleo(server) &&
            dan(server));
  const std::string request = get("/counts");
  const Response counts = co_await ask(server, request);
  fmt::print("In the end: {}\n", counts.body);
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
