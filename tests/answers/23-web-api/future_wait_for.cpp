// Wrong: waits for a future for a second, and blocks the loop
// with it.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
#include <string>

#include "../10-http-request/response.hpp"
#include "response.hpp"
#include "server.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;
using Seconds = std::chrono::duration<double>;

// Asks the merchants, who take their time.
asio::awaitable<std::string> price_of(std::string thing) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(thing == "/saffron" ? 5000ms : 400ms);
  co_await timer.async_wait(asio::use_awaitable);
  co_return thing == "/saffron" ? "9.80" : "2.40";
}

asio::awaitable<http::Response> tell(http::Request request) {
  auto executor = co_await asio::this_coro::executor;
  auto price = asio::co_spawn(executor, price_of(request.path), asio::use_future);
  if (price.wait_for(1s) != std::future_status::ready) co_return http::problem(503, "ask later");
  co_return http::json(price.get());
}

asio::awaitable<void> ask(tcp::endpoint market, std::string thing) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(market, asio::use_awaitable);
  fmt::print("Ask for {}\n", thing);
  const std::string request = fmt::format("GET {} HTTP/1.1\r\nHost: market\r\n\r\n", thing);
  co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
  ResponseParser parser;
  std::array<char, 1024> piece;
  while (!parser.done()) {
    const std::size_t size =
        co_await socket.async_read_some(asio::buffer(piece), asio::use_awaitable);
    parser.take({piece.data(), size});
  }
  fmt::print("Answer to {}: {} {}\n", thing, parser.response().status, parser.response().body);
}

asio::awaitable<void> ask_both(tcp::endpoint market) {
  co_await (ask(market, "/saffron") && ask(market, "/flour"));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  http::Server server(loop, 0, tell, Limits{});
  const tcp::endpoint market(asio::ip::address_v4::loopback(), server.port());
  asio::co_spawn(loop, server.run(), rethrow);
  asio::co_spawn(loop, ask_both(market), [&](std::exception_ptr error) {
    server.stop();
    rethrow(error);
  });
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
