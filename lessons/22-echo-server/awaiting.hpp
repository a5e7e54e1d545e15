// The waits of blocking.hpp, awaited. A step that takes longer
// than the patience is cancelled, and holds up no other client.
#pragma once

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <cstddef>
#include <variant>

#include "../10-http-request/time_limit.hpp"
#include "limits.hpp"

inline asio::awaitable<std::size_t> read_some(
    asio::ip::tcp::socket& socket, asio::mutable_buffer room,
    milliseconds patience, asio::error_code& error) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer late(socket.get_executor(), patience);
  const auto first =
      co_await (socket.async_read_some(
                    room, asio::redirect_error(
                              asio::use_awaitable, error)) ||
                late.async_wait(asio::use_awaitable));
  const auto* size = std::get_if<std::size_t>(&first);
  if (size == nullptr) error = asio::error::timed_out;
  co_return size ? *size : 0;
}

inline asio::awaitable<void> write_all(
    asio::ip::tcp::socket& socket, asio::const_buffer text,
    milliseconds patience, asio::error_code& error) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer late(socket.get_executor(), patience);
  const auto first = co_await (
      asio::async_write(
          socket, text,
          asio::redirect_error(asio::use_awaitable, error)) ||
      late.async_wait(asio::use_awaitable));
  if (first.index() == 1) error = asio::error::timed_out;
}
