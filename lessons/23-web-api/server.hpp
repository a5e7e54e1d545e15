// An HTTP server: takes in clients, as many as it has room for,
// until it is stopped.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <set>
#include <utility>

#include "../10-http-request/time_limit.hpp"
#include "../16-cancellation/task_group.hpp"
#include "../22-echo-server/limits.hpp"
#include "connection.hpp"

namespace http {

// Must exist for as long as the loop runs.
class Server {
 public:
  // Accepts connections from this machine only. Throws if the
  // port is taken.
  Server(asio::io_context& loop, unsigned short port,
         Handler handler, const Limits& limits,
         AtEnd at_end = AtEnd::goes_on)
      : acceptor_(loop, {asio::ip::address_v4::loopback(), port}),
        handler_(std::move(handler)),
        limits_(limits),
        at_end_(at_end) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  unsigned short port() const {
    return acceptor_.local_endpoint().port();
  }

  // Serves until it has been stopped and all clients that are
  // still here have their answers.
  asio::awaitable<void> run() {
    const auto serve_all = [this](TaskGroup& clients) {
      return accept(clients);
    };
    co_await with_task_group(serve_all);
  }

  // Takes in no further client.
  void stop() {
    acceptor_.close();
    for (Connection* connection : connections_) {
      connection->stop();
    }
  }

 private:
  asio::awaitable<void> accept(TaskGroup& clients) {
    auto executor = co_await asio::this_coro::executor;
    for (;;) {
      asio::error_code error;
      auto socket = co_await acceptor_.async_accept(
          asio::redirect_error(asio::use_awaitable, error));
      if (!acceptor_.is_open()) co_return;
      if (error) {  // too many open files: some will close
        asio::steady_timer pause(executor, milliseconds(100));
        co_await pause.async_wait(asio::use_awaitable);
      } else if (connections_.size() < limits_.clients) {
        clients.start(serve_client(std::move(socket)));
      }
    }
  }

  // A failure with one client ends only that client's connection.
  // Anything but a std::exception is not ours to judge, and is
  // passed on.
  asio::awaitable<void> serve_client(
      asio::ip::tcp::socket socket) {
    Connection connection(std::move(socket), handler_,
                          limits_.patience, at_end_);
    connections_.insert(&connection);
    std::exception_ptr failure;
    try {
      co_await connection.run();
    } catch (const std::exception& error) {
      fmt::print(stderr, "A client failed: {}.\n", error.what());
    } catch (...) {
      failure = std::current_exception();
    }
    connections_.erase(&connection);
    if (failure) std::rethrow_exception(failure);
  }

  asio::ip::tcp::acceptor acceptor_;
  const Handler handler_;
  const Limits limits_;
  const AtEnd at_end_;
  std::set<Connection*> connections_;
};

}  // namespace http
