// A connection as it is often written at first. Look at what it
// does not know when ask() is called.
#pragma once

#include <asio.hpp>
#include <string>

#include "address.hpp"
#include "document.hpp"
#include "message.hpp"

namespace bare {

class Connection {
 public:
  Connection(asio::any_io_executor executor,
             const mongo::Address& address)
      : socket_(executor) {
    socket_.connect(address);
  }

  asio::awaitable<mongo::Document> ask(mongo::Document question) {
    mongo::Builder command;
    command.add_all(question);
    command.add("$db", mongo::database);
    const std::string bytes =
        mongo::message(1, 0, command.document());
    co_await asio::async_write(socket_, asio::buffer(bytes),
                               asio::use_awaitable);
    std::string head(mongo::Head::size, '\0');
    co_await asio::async_read(socket_, asio::buffer(head),
                              asio::use_awaitable);
    std::string rest(mongo::Head(head).rest(), '\0');
    co_await asio::async_read(socket_, asio::buffer(rest),
                              asio::use_awaitable);
    co_return mongo::read_document(rest);
  }

 private:
  asio::ip::tcp::socket socket_;
};

}  // namespace bare
