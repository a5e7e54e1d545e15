// A name server for a few names, as slow as their records say.
// Look at how it delays many answers at the same time.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <asio.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../16-cancellation/task_group.hpp"
#include "message.hpp"
#include "suppliers.hpp"

namespace dns {

using asio::ip::udp;

struct Question {
  std::string id;
  std::string name;
  unsigned type = 0;
  std::string bytes;  // name, type and class, to be repeated
};

// Nothing if the message is not a question.
inline std::optional<Question> read_question(
    std::string_view message) {
  try {
    Question question;
    Reader reader(message);
    question.id = reader.take(2);
    const bool is_answer = reader.number() >> 15 == 1;
    const unsigned questions = reader.number();
    if (is_answer || questions != 1) return std::nullopt;
    reader.take(6);  // the counts of records
    while (const unsigned size = reader.byte()) {
      if (size > longest_label) return std::nullopt;
      if (!question.name.empty()) question.name += '.';
      question.name += reader.take(size);
    }
    question.type = reader.number();
    reader.take(2);  // the class
    const std::size_t end = message.size() - reader.left();
    question.bytes =
        message.substr(header_size, end - header_size);
    return question;
  } catch (const Malformed&) {
    return std::nullopt;
  }
}

inline std::string answer(
    const Question& question, unsigned status,
    const std::vector<asio::ip::address_v4>& addresses) {
  const auto count = static_cast<unsigned>(addresses.size());
  std::string bytes = question.id + number(0x8180 | status) +
                      number(1) + number(count) + number(0) +
                      number(0) + question.bytes;
  for (const asio::ip::address_v4& address : addresses) {
    const auto four = address.to_bytes();
    bytes += number(0xc000 | header_size);  // the name is there
    bytes += number(address_record) + number(internet);
    bytes += number(0) + number(0);  // not to be kept
    bytes += number(four.size());
    bytes.append(four.begin(), four.end());
  }
  return bytes;
}

// What the stranger would like us to believe.
inline const auto forged_address =
    asio::ip::make_address_v4("203.0.113.66");

// Answers questions about its records, each after its latency.
class NameServer {
 public:
  NameServer(asio::any_io_executor executor,
             std::span<const Record> records)
      : socket_(
            executor,
            udp::endpoint(asio::ip::address_v4::loopback(), 0)),
        records_(records.begin(), records.end()) {}

  udp::endpoint endpoint() const {
    return socket_.local_endpoint();
  }
  std::string address() const {
    return fmt::format("127.0.0.1:{}", endpoint().port());
  }
  int asked() const { return asked_; }

  // Until close().
  asio::awaitable<void> serve() {
    co_await with_task_group(
        [this](TaskGroup& answers) { return receive(answers); });
  }

  void close() { socket_.close(); }

 private:
  asio::awaitable<void> receive(TaskGroup& answers) {
    while (socket_.is_open()) {
      std::array<char, 512> room;
      udp::endpoint client;
      asio::error_code error;
      const std::size_t size =
          co_await socket_.async_receive_from(
              asio::buffer(room), client,
              asio::redirect_error(asio::use_awaitable, error));
      if (error) continue;  // a client has gone, or we close
      auto question = read_question({room.data(), size});
      if (!question) continue;
      answers.start(give(*std::move(question), client));
    }
  }

  asio::awaitable<void> give(Question question,
                             udp::endpoint client) {
    ++asked_;
    const auto record = std::find_if(
        records_.begin(), records_.end(), [&](const Record& it) {
          return it.name == question.name;
        });
    if (record == records_.end()) {
      const auto refusal = answer(question, no_such_name, {});
      co_await send(refusal, client);
      co_return;
    }
    if (record->lost > 0) {
      --record->lost;
      co_return;
    }
    if (record->forged) {
      Question guess = question;
      ++guess.id.back();
      const auto forgery = answer(guess, 0, {forged_address});
      co_await send(forgery, client);
    }
    asio::steady_timer timer(socket_.get_executor(),
                             record->latency);
    co_await timer.async_wait(asio::use_awaitable);
    std::vector<asio::ip::address_v4> addresses;
    if (question.type == address_record) {
      addresses.push_back(
          asio::ip::make_address_v4(record->address));
    }
    co_await send(answer(question, 0, addresses), client);
  }

  asio::awaitable<void> send(std::string bytes,
                             udp::endpoint client) {
    asio::error_code ignored;  // the client asks again
    co_await socket_.async_send_to(
        asio::buffer(bytes), client,
        asio::redirect_error(asio::use_awaitable, ignored));
  }

  udp::socket socket_;
  std::vector<Record> records_;
  int asked_ = 0;
};

}  // namespace dns
