// A connection that is kept for the next request to the same
// server. Look at when it is not.
#pragma once

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "../10-http-request/request.hpp"
#include "../10-http-request/response.hpp"

class KeptConnection {
  using Socket = asio::ip::tcp::socket;

 public:
  // While it is in use, the socket is a local variable: if this
  // throws or is cancelled, the connection is not kept.
  asio::awaitable<Response> fetch(Url url) {
    auto socket = std::exchange(kept_, std::nullopt);
    std::optional<Response> response;
    if (socket && can_ask(*socket, url)) {
      response = co_await ask(*socket, url);
    }
    if (!response) {  // no connection kept, or the server hung up
      socket = co_await connect(url);
      response = co_await ask(*socket, url);
    }
    if (!response) {
      throw std::runtime_error(
          "the server hung up instead of answering");
    }
    if (socket->is_open()) {
      kept_ = std::move(socket);
      server_ = url.authority;
    }
    co_return *std::move(response);
  }

  // How many connections there have been.
  int count() const { return count_; }

 private:
  // Bytes that came unasked do not answer the next request.
  bool can_ask(Socket& socket, const Url& url) const {
    asio::error_code error;
    return url.authority == server_ &&
           socket.available(error) == 0 && !error;
  }

  asio::awaitable<Socket> connect(Url url) {
    auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(executor);
    Socket socket(executor);
    const auto addresses = co_await resolver.async_resolve(
        url.host, url.port, asio::use_awaitable);
    co_await asio::async_connect(socket, addresses,
                                 asio::use_awaitable);
    ++count_;
    co_return socket;
  }

  // Nothing if the server hangs up before it answers. Closes the
  // socket if there can be no further request.
  static asio::awaitable<std::optional<Response>> ask(
      Socket& socket, Url url) {
    const std::string request = request_for(url, "keep-alive");
    asio::error_code error;
    co_await asio::async_write(
        socket, asio::buffer(request),
        asio::redirect_error(asio::use_awaitable, error));

    ResponseParser parser;
    std::array<char, 16384> piece;
    bool has_begun = false;
    bool has_more = false;  // than this answer
    while (!error && !parser.done()) {
      const std::size_t size = co_await socket.async_read_some(
          asio::buffer(piece),
          asio::redirect_error(asio::use_awaitable, error));
      has_begun = has_begun || size > 0;
      has_more = parser.take({piece.data(), size}) < size;
      if (error == asio::error::eof && has_begun) parser.end();
    }
    const bool hung_up = error == asio::error::eof ||
                         error == asio::error::broken_pipe ||
                         error == asio::error::connection_reset;
    if (hung_up && !has_begun) co_return std::nullopt;
    if (error && !parser.done()) throw std::system_error(error);

    const Response& response = parser.response();
    const std::string said =
        lower_case(response.header("connection"));
    if (error || has_more || said.find("close") != said.npos) {
      socket.close();
    }
    co_return response;
  }

  std::optional<Socket> kept_;  // between two requests
  std::string server_;          // at its other end
  int count_ = 0;
};
