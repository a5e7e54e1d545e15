// A connection for the thread that waits: connect, write, read.
#pragma once

#include <asio.hpp>
#include <cstdint>
#include <string>
#include <system_error>

#include "address.hpp"
#include "answer.hpp"
#include "document.hpp"
#include "message.hpp"

namespace mongo {

class BlockingConnection {
 public:
  explicit BlockingConnection(const Address& address) {
    try {
      socket_.connect(address);
      socket_.set_option(asio::ip::tcp::no_delay(true));
    } catch (const std::system_error& error) {
      throw Lost(error.what());
    }
  }

  // command(doc("ping", 1)), in the lesson's database.
  Document command(const Document& question) {
    const Document answer = ask(question);
    throw_refusal(answer);
    return answer;
  }

 private:
  Document ask(const Document& question) {
    Builder command;
    command.add_all(question);
    command.add("$db", database);
    ++id_;
    try {
      asio::write(socket_, asio::buffer(message(
                               id_, 0, command.document())));
      std::string head(Head::size, '\0');
      asio::read(socket_, asio::buffer(head));
      std::string rest(read_head(head, id_).rest(), '\0');
      asio::read(socket_, asio::buffer(rest));
      return read_document(rest);
    } catch (const std::system_error& error) {
      throw Lost(error.what());
    }
  }

  asio::io_context loop_;
  asio::ip::tcp::socket socket_{loop_};
  std::int32_t id_ = 0;
};

}  // namespace mongo
