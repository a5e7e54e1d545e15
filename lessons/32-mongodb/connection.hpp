// A connection whose answers are awaited. Look at when it is
// idle, and at the only place where it becomes so again.
#pragma once

#include <poll.h>

#include <asio.hpp>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "address.hpp"
#include "answer.hpp"
#include "document.hpp"
#include "message.hpp"

namespace mongo {

// For one task at a time: at most one question is under way.
class Connection {
 public:
  static asio::awaitable<std::unique_ptr<Connection>> open(
      Address address) {
    std::unique_ptr<Connection> self(
        new Connection(co_await asio::this_coro::executor));
    co_await self->connect(address);
    const Document hello =
        co_await self->command(doc("hello", 1));
    if (!hello.truth("isWritablePrimary")) {
      throw Error("this server only has copies");
    }
    co_return self;
  }

  // command(doc("ping", 1)), in the lesson's database.
  asio::awaitable<Document> command(const Document& question) {
    Builder command;
    command.add_all(question);
    command.add("$db", database);
    ++id_;
    return ask(id_, message(id_, 0, command.document()));
  }

  // False while a question is under way, and forever if it was
  // given up or lost.
  bool is_idle() const { return idle_; }

  // Whether nothing has come while no task was using it. If
  // something has, it is most likely the end of the connection.
  bool is_quiet() {
    pollfd socket{socket_.native_handle(), POLLIN, 0};
    return poll(&socket, 1, 0) == 0;
  }

 private:
  explicit Connection(asio::any_io_executor executor)
      : socket_(executor) {}

  asio::awaitable<void> connect(Address address) {
    try {
      co_await socket_.async_connect(address,
                                     asio::use_awaitable);
      socket_.set_option(asio::ip::tcp::no_delay(true));
      idle_ = true;
    } catch (const std::system_error& error) {
      fail(error);
    }
  }

  asio::awaitable<Document> ask(std::int32_t id,
                                std::string question) {
    if (!idle_) throw std::logic_error("the connection is busy");
    idle_ = false;
    Document answer;
    try {
      co_await asio::async_write(socket_, asio::buffer(question),
                                 asio::use_awaitable);
      std::string head(Head::size, '\0');
      co_await asio::async_read(socket_, asio::buffer(head),
                                asio::use_awaitable);
      std::string rest(read_head(head, id).rest(), '\0');
      co_await asio::async_read(socket_, asio::buffer(rest),
                                asio::use_awaitable);
      answer = read_document(rest);
    } catch (const std::system_error& error) {
      fail(error);
    }
    idle_ = true;
    throw_refusal(answer);
    co_return answer;
  }

  // A task that is cancelled is not a connection that is lost.
  [[noreturn]] static void fail(const std::system_error& error) {
    if (error.code() == asio::error::operation_aborted) {
      throw std::system_error(error.code());
    }
    throw Lost(error.what());
  }

  asio::ip::tcp::socket socket_;
  std::int32_t id_ = 0;
  bool idle_ = false;
};

}  // namespace mongo
