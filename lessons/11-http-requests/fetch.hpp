// Both ways to fetch a page, as lesson 10 explains them.
#pragma once

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <string>
#include <system_error>

#include "../10-http-request/request.hpp"
#include "../10-http-request/response.hpp"
#include "../10-http-request/time_limit.hpp"

// How long one page may take.
inline constexpr milliseconds limit{1000};

inline Response fetch(Url url) {
  const auto deadline = steady_clock::now() + limit;
  asio::io_context loop;
  asio::ip::tcp::resolver resolver(loop);
  asio::ip::tcp::socket socket(loop);
  const auto addresses = resolver.resolve(url.host, url.port);
  asio::connect(socket, addresses);
  const std::string request = request_for(url);
  asio::write(socket, asio::buffer(request));

  ResponseParser parser;
  std::array<char, 16384> piece;
  while (!parser.done()) {
    if (!wait_to_read(socket, deadline)) throw NoAnswer(limit);
    asio::error_code error;
    const std::size_t size =
        socket.read_some(asio::buffer(piece), error);
    parser.take({piece.data(), size});
    if (error == asio::error::eof) parser.end();
    if (error && !parser.done()) throw std::system_error(error);
  }
  return parser.response();
}

inline asio::awaitable<Response> async_fetch(Url url) {
  auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  asio::ip::tcp::socket socket(executor);
  const auto addresses = co_await resolver.async_resolve(
      url.host, url.port, asio::use_awaitable);
  co_await asio::async_connect(socket, addresses,
                               asio::use_awaitable);
  const std::string request = request_for(url);
  co_await asio::async_write(socket, asio::buffer(request),
                             asio::use_awaitable);

  ResponseParser parser;
  std::array<char, 16384> piece;
  while (!parser.done()) {
    asio::error_code error;
    const std::size_t size = co_await socket.async_read_some(
        asio::buffer(piece),
        asio::redirect_error(asio::use_awaitable, error));
    parser.take({piece.data(), size});
    if (error == asio::error::eof) parser.end();
    if (error && !parser.done()) throw std::system_error(error);
  }
  co_return parser.response();
}
