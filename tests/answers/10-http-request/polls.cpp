// Wrong: both are asked, and then every ten milliseconds the task looks whether both have answered.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "response.hpp"
#include "server.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// What a device reports about itself.
asio::awaitable<std::string> ask(tcp::endpoint kitchen, std::string_view device) {
  fmt::print("Ask {}\n", device);
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(kitchen, asio::use_awaitable);
  const std::string request = fmt::format("GET /{} HTTP/1.1\r\nConnection: close\r\n\r\n", device);
  co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
  ResponseParser parser;
  std::array<char, 1024> piece;
  while (!parser.done()) {
    const std::size_t size =
        co_await socket.async_read_some(asio::buffer(piece), asio::use_awaitable);
    parser.take({piece.data(), size});
  }
  fmt::print("Heard from {}\n", device);
  co_return parser.response().body;
}

asio::awaitable<void> pass(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> ask_both(tcp::endpoint kitchen) {
  auto executor = co_await asio::this_coro::executor;
  std::string oven, fridge;
  const auto keep_in = [](std::string& place) {
    return [&place](std::exception_ptr error, std::string answer) {
      if (error) std::rethrow_exception(error);
      place = std::move(answer);
    };
  };
  asio::co_spawn(executor, ask(kitchen, "oven"), keep_in(oven));
  asio::co_spawn(executor, ask(kitchen, "fridge"), keep_in(fridge));
  while (oven.empty() || fridge.empty()) co_await pass(10ms);
  fmt::print("Oven: {}, fridge: {}\n", oven, fridge);
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
      {"/oven", {2s, answer("200 OK", "", "180 degrees")}},
      {"/fridge", {1s, answer("200 OK", "", "7 eggs")}},
  };
  const Report report = [](const std::string&) {};
  asio::co_spawn(loop, serve(acceptor, pages, report), rethrow);
  asio::co_spawn(loop, ask_both(acceptor.local_endpoint()), [&](std::exception_ptr error) {
    loop.stop();
    rethrow(error);
  });
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
