// Right: a task for each thing, as in Python, and a channel of three messages for the room.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/experimental/channel.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "../10-http-request/response.hpp"
#include "../10-http-request/server.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// Asks the market for the price of one thing.
asio::awaitable<void> ask(tcp::endpoint market, std::string_view thing) {
  fmt::print("Ask for {}\n", thing);
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(market, asio::use_awaitable);
  const std::string request = fmt::format("GET /{} HTTP/1.1\r\nConnection: close\r\n\r\n", thing);
  co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
  ResponseParser parser;
  std::array<char, 1024> piece;
  while (!parser.done()) {
    const std::size_t size =
        co_await socket.async_read_some(asio::buffer(piece), asio::use_awaitable);
    parser.take({piece.data(), size});
  }
  fmt::print("Price of {}: {}\n", thing, parser.response().body);
}

using Things = std::vector<std::string_view>;

struct Seat {};
using Seats = asio::experimental::channel<void(asio::error_code, Seat)>;

asio::awaitable<void> ask_seated(tcp::endpoint market, std::string_view thing, Seats& seats) {
  const Seat mine = co_await seats.async_receive(asio::use_awaitable);
  co_await ask(market, thing);
  seats.try_send(asio::error_code(), mine);
}

asio::awaitable<void> ask_all(tcp::endpoint market) {
  const Things things{"flour", "eggs", "milk", "salt", "yeast", "sugar"};
  Seats seats(co_await asio::this_coro::executor, 3);
  for (int number = 0; number < 3; ++number) seats.try_send(asio::error_code(), Seat{});
  co_await (ask_seated(market, things[0], seats) && ask_seated(market, things[1], seats) &&
            ask_seated(market, things[2], seats) && ask_seated(market, things[3], seats) &&
            ask_seated(market, things[4], seats) && ask_seated(market, things[5], seats));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  const auto loopback = asio::ip::address_v4::loopback();
  tcp::acceptor acceptor(loop, tcp::endpoint(loopback, 0));
  const Pages pages{
      {"/flour", {3000ms, answer("200 OK", "", "2.40")}},
      {"/eggs", {1000ms, answer("200 OK", "", "3.10")}},
      {"/milk", {1500ms, answer("200 OK", "", "1.20")}},
      {"/salt", {700ms, answer("200 OK", "", "0.60")}},
      {"/yeast", {1800ms, answer("200 OK", "", "0.30")}},
      {"/sugar", {400ms, answer("200 OK", "", "1.90")}},
  };
  const Report report = [](const std::string&) {};
  asio::co_spawn(loop, serve(acceptor, pages, report), rethrow);
  asio::co_spawn(loop, ask_all(acceptor.local_endpoint()), [&](std::exception_ptr error) {
    loop.stop();
    rethrow(error);
  });
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
