// A client that asks, and is answered, as often as it likes.
// Look at what watches the time, and at how it all ends.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/experimental/parallel_group.hpp>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "request.hpp"
#include "request_parser.hpp"
#include "response.hpp"

namespace http {

using Handler = std::function<asio::awaitable<Response>(Request)>;

// A client that ends its half while a handler works may be gone,
// or may be waiting for the answer: the server cannot tell. Is
// the handler to go on, or to be cancelled?
enum class AtEnd { goes_on, cancels };

class Connection {
 public:
  Connection(asio::ip::tcp::socket socket, const Handler& handler,
             std::chrono::milliseconds patience, AtEnd at_end)
      : socket_(std::move(socket)),
        handler_(handler),
        patience_(patience),
        at_end_(at_end) {
    // Answers are sent at once, even several in a row.
    asio::error_code unused;
    socket_.set_option(asio::ip::tcp::no_delay(true), unused);
  }

  // Ends when the client has gone, or has to go.
  asio::awaitable<void> run() {
    using namespace asio::experimental::awaitable_operators;
    co_await (converse() || watch());
    if (failure_) std::rethrow_exception(failure_);
  }

  // Answers the request that has begun to arrive, and no other.
  void stop() {
    asio::error_code error;
    is_last_ = true;
    if (!parser_.begun() && socket_.available(error) == 0) {
      socket_.cancel(error);
    }
  }

 private:
  using Clock = std::chrono::steady_clock;

  // Must not throw: `||` would go on waiting after a failure.
  asio::awaitable<void> converse() {
    try {
      // (`while (co_await answer_next()) {}`, compiled by g++
      // 12, would crash.)
      bool goes_on = true;
      while (goes_on) goes_on = co_await answer_next();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  // False if the connection ends here.
  asio::awaitable<bool> answer_next() {
    parser_ = {};
    const auto answer = co_await next_answer();
    if (!answer) co_return false;
    const bool goes_on = keeps_open_ && !is_last_;
    const std::string text = text_of(*answer, is_head_, goes_on);
    if (!co_await send(text)) co_return false;
    if (goes_on && !is_last_) co_return true;
    co_await part();
    co_return false;
  }

  // Empty if no further request comes, or if the client has gone
  // before the answer.
  asio::awaitable<std::optional<Response>> next_answer() {
    is_head_ = false;
    keeps_open_ = false;
    try {
      if (!co_await read_request()) co_return std::nullopt;
      is_head_ = parser_.request().method == "HEAD";
      keeps_open_ = parser_.request().keeps_open;
      deadline_ = Clock::time_point::max();
      auto answer = handler_(std::move(parser_.request()));
      if (at_end_ == AtEnd::cancels) {
        co_return co_await until_gone(std::move(answer));
      }
      co_return co_await std::move(answer);
    } catch (const Refusal& refusal) {
      keeps_open_ = false;
      if (!parser_.done()) {
        is_head_ = parser_.request().method == "HEAD";
      }
      co_return problem(refusal.status, refusal.what());
    } catch (const std::exception& error) {
      fmt::print(stderr, "No answer: {}.\n", error.what());
      co_return problem(500, "something went wrong here");
    }
  }

  // The answer, or nothing if the client has gone before it.
  asio::awaitable<std::optional<Response>> until_gone(
      asio::awaitable<Response> work) {
    auto executor = co_await asio::this_coro::executor;
    auto race = asio::experimental::make_parallel_group(
        [&](auto token) {
          return asio::co_spawn(executor, std::move(work),
                                std::move(token));
        },
        [&](auto token) {
          return asio::co_spawn(executor, end_of_client(),
                                std::move(token));
        });
    auto [order, failure, answer, unused] =
        co_await race.async_wait(
            asio::experimental::wait_for_one(),
            asio::use_awaitable);
    if (order[0] == 1) co_return std::nullopt;
    if (failure) std::rethrow_exception(failure);
    co_return std::move(answer);
  }

  // Waits for bytes, and does not read them. A client whose next
  // request has come is still there, and is no longer watched.
  asio::awaitable<void> end_of_client() {
    co_await socket_.async_wait(socket_.wait_read,
                                asio::use_awaitable);
    asio::error_code error;
    if (socket_.available(error) == 0) co_return;
    co_await socket_.async_wait(socket_.wait_error,
                                asio::use_awaitable);
  }

  // The time limit runs from a request's first byte to its last.
  // Before the first byte the client may be silent for just as
  // long.
  asio::awaitable<bool> read_request() {
    deadline_ = Clock::now() + patience_;
    while (!parser_.done()) {
      if (unread_.empty()) {
        asio::error_code error;
        const std::size_t size = co_await socket_.async_read_some(
            asio::buffer(piece_),
            asio::redirect_error(asio::use_awaitable, error));
        if (error && !parser_.begun()) co_return false;
        if (error == asio::error::operation_aborted) {
          throw Refusal(408, "the request takes too long");
        }
        if (error) throw Refusal(400, "the request breaks off");
        unread_ = {piece_.data(), size};
      }
      if (!parser_.begun()) deadline_ = Clock::now() + patience_;
      unread_.remove_prefix(parser_.take(unread_));
      if (unread_.empty() && parser_.wants_go_ahead()) {
        co_await send("HTTP/1.1 100 Continue\r\n\r\n");
      }
    }
    co_return true;
  }

  asio::awaitable<bool> send(std::string_view text) {
    deadline_ = Clock::now() + patience_;
    asio::error_code error;
    co_await asio::async_write(
        socket_, asio::buffer(text),
        asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  // Says that nothing will follow, and waits for the client to
  // go. Closing while it still sends would cause a reset, and
  // the client might never see the answer.
  asio::awaitable<void> part() {
    deadline_ = Clock::now() + patience_;
    asio::error_code error;
    socket_.shutdown(asio::socket_base::shutdown_send, error);
    while (!error) {
      co_await socket_.async_read_some(
          asio::buffer(piece_),
          asio::redirect_error(asio::use_awaitable, error));
    }
  }

  // Ends the read or write that is under way at the deadline.
  // (A new deadline is always a whole `patience_` away. So it is
  // enough to look once in that time, and the timer need not be
  // set again for each request.)
  asio::awaitable<void> watch() {
    asio::steady_timer timer(socket_.get_executor());
    asio::error_code error;
    while (!error) {
      timer.expires_at(
          std::min(deadline_, Clock::now() + patience_));
      co_await timer.async_wait(
          asio::redirect_error(asio::use_awaitable, error));
      asio::error_code unused;
      if (Clock::now() >= deadline_) socket_.cancel(unused);
    }
  }

  asio::ip::tcp::socket socket_;
  const Handler& handler_;
  const std::chrono::milliseconds patience_;
  const AtEnd at_end_;
  Clock::time_point deadline_ = Clock::time_point::max();
  RequestParser parser_;
  std::array<char, 4096> piece_;
  std::string_view unread_;  // the rest of the piece
  bool is_head_ = false;
  bool keeps_open_ = false;
  bool is_last_ = false;
  std::exception_ptr failure_;
};

}  // namespace http
