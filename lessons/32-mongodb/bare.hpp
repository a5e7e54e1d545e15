// A connection as it is often written at first. Look at what it
// does not know when ask() is called.
#pragma once

#include <asio.hpp>
#include <string>

#include "address.hpp"
#include "document.hpp"
#include "message.hpp"

namespace mongo {

class BareConnection {
 public:
  BareConnection(asio::any_io_executor executor,
                 const Address& address)
      : socket_(executor) {
    socket_.connect(address);
  }

  asio::awaitable<Document> ask(Document question) {
    Builder command;
    command.add_all(question);
    command.add("$db", database);
    const std::string bytes = message(1, 0, command.document());
    co_await asio::async_write(socket_, asio::buffer(bytes),
                               asio::use_awaitable);
    std::string head(Head::size, '\0');
    co_await asio::async_read(socket_, asio::buffer(head),
                              asio::use_awaitable);
    std::string rest(Head(head).rest(), '\0');
    co_await asio::async_read(socket_, asio::buffer(rest),
                              asio::use_awaitable);
    co_return read_document(rest);
  }

 private:
  asio::ip::tcp::socket socket_;
};

}  // namespace mongo
