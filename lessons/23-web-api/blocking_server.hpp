// The work of connection.hpp and server.hpp with blocking calls:
// one client after the other.
#pragma once

#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "../22-echo-server/blocking.hpp"
#include "../22-echo-server/limits.hpp"
#include "request.hpp"
#include "request_parser.hpp"
#include "response.hpp"

namespace http {

using BlockingHandler = std::function<Response(Request)>;

class BlockingConnection {
 public:
  BlockingConnection(asio::ip::tcp::socket socket,
                     const BlockingHandler& handler, Waits& waits)
      : socket_(std::move(socket)),
        handler_(handler),
        waits_(waits) {
    asio::error_code unused;
    socket_.set_option(asio::ip::tcp::no_delay(true), unused);
  }

  void run() {
    while (answer_next()) {
    }
  }

 private:
  bool answer_next() {
    parser_ = {};
    const auto answer = next_answer();
    if (!answer) return false;
    const bool goes_on = keeps_open_ && !waits_.end_is_wanted();
    if (!send(text_of(*answer, is_head_, goes_on))) return false;
    if (!goes_on) part();
    return goes_on;
  }

  std::optional<Response> next_answer() {
    is_head_ = false;
    keeps_open_ = false;
    try {
      if (!read_request()) return std::nullopt;
      is_head_ = parser_.request().method == "HEAD";
      keeps_open_ = parser_.request().keeps_open;
      return handler_(std::move(parser_.request()));
    } catch (const Refusal& refusal) {
      keeps_open_ = false;
      if (!parser_.done()) {
        is_head_ = parser_.request().method == "HEAD";
      }
      return problem(refusal.status, refusal.what());
    } catch (const std::exception& error) {
      fmt::print(stderr, "No answer: {}.\n", error.what());
      return problem(500, "something went wrong here");
    }
  }

  bool read_request() {
    auto deadline = waits_.deadline();
    while (!parser_.done()) {
      if (unread_.empty()) {
        asio::error_code error;
        const std::size_t size = waits_.read_some(
            socket_, asio::buffer(piece_), deadline, error);
        if (error && !parser_.begun()) return false;
        if (error == asio::error::timed_out) {
          throw Refusal(408, "the request takes too long");
        }
        if (error) throw Refusal(400, "the request breaks off");
        unread_ = {piece_.data(), size};
      }
      if (!parser_.begun()) deadline = waits_.deadline();
      unread_.remove_prefix(parser_.take(unread_));
      if (unread_.empty() && parser_.wants_go_ahead()) {
        send("HTTP/1.1 100 Continue\r\n\r\n");
      }
    }
    return true;
  }

  bool send(std::string_view text) {
    asio::error_code error;
    waits_.write_all(socket_, asio::buffer(text), error);
    return !error;
  }

  void part() {
    const auto deadline = waits_.deadline();
    asio::error_code error;
    socket_.shutdown(asio::socket_base::shutdown_send, error);
    while (!error) {
      waits_.read_some(socket_, asio::buffer(piece_), deadline,
                       error);
    }
  }

  asio::ip::tcp::socket socket_;
  const BlockingHandler& handler_;
  Waits& waits_;
  RequestParser parser_;
  std::array<char, 4096> piece_;
  std::string_view unread_;  // the rest of the piece
  bool is_head_ = false;
  bool keeps_open_ = false;
};

class BlockingServer {
 public:
  BlockingServer(asio::io_context& loop, unsigned short port,
                 BlockingHandler handler, const Limits& limits)
      : acceptor_(loop, {asio::ip::address_v4::loopback(), port}),
        handler_(std::move(handler)),
        waits_(acceptor_, limits) {}

  unsigned short port() const {
    return acceptor_.local_endpoint().port();
  }

  // Returns at SIGTERM, after serving the client that is here.
  void run() {
    while (waits_.for_client()) {
      asio::error_code error;
      auto socket = acceptor_.accept(error);
      if (error) continue;
      BlockingConnection client(std::move(socket), handler_,
                                waits_);
      client.run();
    }
  }

 private:
  asio::ip::tcp::acceptor acceptor_;
  const BlockingHandler handler_;
  Waits waits_;
};

}  // namespace http
