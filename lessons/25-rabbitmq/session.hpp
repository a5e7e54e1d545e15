// A C library in our loop: the library reads and writes, Asio
// waits. Look at who owns the descriptor.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "../13-futures/future.hpp"
#include "connection.hpp"
#include "errors.hpp"
#include "events.hpp"

namespace amqp {

// One connection, from its login until it is lost. A task that
// waits here holds a shared_ptr to it.
class Session {
 public:
  using Deliver =
      std::function<asio::awaitable<void>(const Delivery&)>;

  Session(asio::any_io_executor executor,
          std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)),
        socket_(executor),
        alarm_(executor) {
    watch(connection_->descriptor());
  }

  // Reads until the connection is lost, then throws the reason.
  // Wakes up each second, for the heartbeats.
  asio::awaitable<void> read(Deliver deliver) {
    using namespace asio::experimental::awaitable_operators;
    asio::error_code error;
    while (connection_) {
      while (auto event = connection_->next({0, 0})) {
        if (auto* confirm = std::get_if<Confirm>(&*event)) {
          settle(*confirm);
        } else {
          co_await deliver(std::get<Delivery>(*event));
        }
        if (!connection_) break;
      }
      alarm_.expires_after(std::chrono::seconds(1));
      co_await (
          socket_.async_wait(
              socket_.wait_read,
              asio::redirect_error(asio::use_awaitable, error)) ||
          alarm_.async_wait(
              asio::redirect_error(asio::use_awaitable, error)));
    }
    throw Lost(why_lost_);
  }

  // Waits for room, then for the broker's answer.
  asio::awaitable<Fate> publish(std::string exchange,
                                std::string key, std::string text,
                                NoQueue no_queue) {
    Future<Fate> fate(socket_.get_executor());
    co_await wait_for_room();
    if (!connection_) co_return Fate::unknown;
    try {
      const auto tag =
          connection_->publish(exchange, key, text, no_queue);
      unconfirmed_.emplace(tag, fate);
    } catch (const Lost& failure) {
      close(failure.what());
      co_return Fate::unknown;
    }
    co_return co_await fate.get();
  }

  asio::awaitable<void> acknowledge(std::uint64_t tag) {
    co_await wait_for_room();
    if (!connection_) co_return;
    try {
      connection_->acknowledge(tag);
    } catch (const Lost& failure) {
      close(failure.what());
    }
  }

  bool is_open() const { return connection_ != nullptr; }

  // Ends every wait. A message that was published and not
  // confirmed may have arrived, or not.
  void close(const std::string& why) {
    if (!connection_) return;
    why_lost_ = why;
    socket_.close();
    connection_.reset();
    alarm_.cancel();
    for (auto& [tag, fate] : std::exchange(unconfirmed_, {})) {
      fate.set_result(Fate::unknown);
    }
  }

 private:
  // At the limit of open files there is no second descriptor.
  // Others will be closed, so another try is worth it.
  void watch(int socket) {
    const int copy = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    std::error_code error(errno, std::generic_category());
    if (copy != -1) {
      socket_.assign(copy, error);
      if (!error) return;
      ::close(copy);
    }
    throw Lost("watch the connection: " + error.message());
  }

  asio::awaitable<void> wait_for_room() {
    asio::error_code error;
    while (connection_ && !connection_->has_room()) {
      co_await socket_.async_wait(
          socket_.wait_write,
          asio::redirect_error(asio::use_awaitable, error));
    }
  }

  void settle(const Confirm& confirm) {
    const auto end = unconfirmed_.upper_bound(confirm.tag);
    auto next = confirm.multiple
                    ? unconfirmed_.begin()
                    : unconfirmed_.lower_bound(confirm.tag);
    while (next != end) {
      next->second.set_result(confirm.fate);
      next = unconfirmed_.erase(next);
    }
  }

  std::unique_ptr<Connection> connection_;
  // A second descriptor of the library's socket: each side
  // closes its own.
  asio::posix::stream_descriptor socket_;
  asio::steady_timer alarm_;
  std::map<std::uint64_t, Future<Fate>> unconfirmed_;
  std::string why_lost_;
};

}  // namespace amqp
