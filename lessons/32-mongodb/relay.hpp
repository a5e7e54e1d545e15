// A cable between a client and the server, which can be pulled:
// before a question has passed, or before its answer has.
#pragma once

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <string>
#include <utility>

#include "../16-cancellation/task_group.hpp"
#include "address.hpp"
#include "message.hpp"

class Relay {
 public:
  using tcp = asio::ip::tcp;

  Relay(asio::any_io_executor executor,
        const mongo::Address& server)
      : server_(server),
        acceptor_(
            executor,
            tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

  mongo::Address address() const {
    return acceptor_.local_endpoint();
  }

  // The next question, or its answer, is lost, and with it the
  // connection.
  void lose_question() { loses_question_ = true; }
  void lose_answer() { loses_answer_ = true; }

  // Until it is cancelled.
  asio::awaitable<void> serve() {
    co_await with_task_group([this](TaskGroup& connections) {
      return accept(connections);
    });
  }

 private:
  asio::awaitable<void> accept(TaskGroup& connections) {
    for (;;) {
      tcp::socket client =
          co_await acceptor_.async_accept(asio::use_awaitable);
      connections.start(pass_on(std::move(client)));
    }
  }

  asio::awaitable<void> pass_on(tcp::socket client) {
    try {
      tcp::socket server(acceptor_.get_executor());
      co_await server.async_connect(server_, asio::use_awaitable);
      for (;;) {
        const std::string question = co_await read(client);
        if (std::exchange(loses_question_, false)) co_return;
        co_await asio::async_write(server, asio::buffer(question),
                                   asio::use_awaitable);
        const std::string answer = co_await read(server);
        if (std::exchange(loses_answer_, false)) co_return;
        co_await asio::async_write(client, asio::buffer(answer),
                                   asio::use_awaitable);
      }
    } catch (const std::system_error&) {  // one side has left
    }
  }

  static asio::awaitable<std::string> read(tcp::socket& from) {
    std::string message(mongo::Head::size, '\0');
    co_await asio::async_read(from, asio::buffer(message),
                              asio::use_awaitable);
    const auto rest = mongo::Head(message).rest();
    message.resize(mongo::Head::size + rest);
    co_await asio::async_read(
        from, asio::buffer(message) + mongo::Head::size,
        asio::use_awaitable);
    co_return message;
  }

  mongo::Address server_;
  tcp::acceptor acceptor_;
  bool loses_question_ = false;
  bool loses_answer_ = false;
};
