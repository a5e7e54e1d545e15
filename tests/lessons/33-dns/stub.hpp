// A name server that answers as a test wants it, also wrongly.
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../../lessons/33-dns/name_server.hpp"
#include "../tasks.hpp"

inline const auto right = asio::ip::make_address_v4("192.0.2.7");
inline const auto wrong = asio::ip::make_address_v4("203.0.113.66");

// What the stub sends back to the question with this number, the first being 1.
using Reply = std::function<std::vector<std::string>(const dns::Question&, int number)>;

class Stub {
 public:
  Stub(asio::any_io_executor executor, Reply reply)
      : socket_(executor, loopback()), other_(executor, loopback()), reply_(std::move(reply)) {}

  asio::ip::udp::endpoint endpoint() const { return socket_.local_endpoint(); }
  std::string address() const { return "127.0.0.1:" + std::to_string(endpoint().port()); }
  const std::vector<dns::Question>& asked() const { return asked_; }

  // Replies that begin with this come from another port. (No answer begins like this: its third
  // byte would be 's', and that has not the bit of an answer.)
  static constexpr std::string_view elsewhere = "elsewhere:";

  asio::awaitable<void> serve() {
    while (socket_.is_open()) {
      std::array<char, 512> room;
      asio::ip::udp::endpoint client;
      asio::error_code error;
      const std::size_t size = co_await socket_.async_receive_from(
          asio::buffer(room), client, asio::redirect_error(asio::use_awaitable, error));
      if (error) continue;
      const auto question = dns::read_question({room.data(), size});
      REQUIRE(question);
      asked_.push_back(*question);
      for (std::string bytes : reply_(*question, static_cast<int>(asked_.size()))) {
        const bool strange = bytes.starts_with(elsewhere);
        if (strange) bytes.erase(0, elsewhere.size());
        (strange ? other_ : socket_).send_to(asio::buffer(bytes), client, 0, error);
      }
    }
  }

  void close() { socket_.close(); }

 private:
  static asio::ip::udp::endpoint loopback() { return {asio::ip::address_v4::loopback(), 0}; }

  asio::ip::udp::socket socket_;
  asio::ip::udp::socket other_;
  Reply reply_;
  std::vector<dns::Question> asked_;
};

inline std::string from_elsewhere(std::string bytes) {
  return std::string(Stub::elsewhere) + std::move(bytes);
}

// The right answer, and the ways to spoil it.
inline std::string good(const dns::Question& question) {
  return dns::answer(question, 0, {right});
}

inline std::string with_other_id(dns::Question question) {
  ++question.id.back();
  return dns::answer(question, 0, {wrong});
}

inline std::string to_other_name(dns::Question question) {
  ++question.bytes[1];
  return dns::answer(question, 0, {wrong});
}

inline std::string cut_short(const dns::Question& question) {
  std::string bytes = good(question);
  bytes.resize(bytes.size() - 2);
  return bytes;
}

inline std::string marked_as_cut(const dns::Question& question) {
  std::string bytes = dns::answer(question, 0, {});
  bytes[2] = static_cast<char>(bytes[2] | 2);
  return bytes;
}

inline Reply always(std::function<std::string(const dns::Question&)> make) {
  return [make = std::move(make)](const dns::Question& question, int) {
    return std::vector<std::string>{make(question)};
  };
}

inline std::vector<std::string> silence(const dns::Question&, int) {
  return {};
}

// Runs `talk` with a stub. Afterwards nothing may be left in the loop: a socket or a timer that is
// forgotten would keep it running. Returns the questions that the stub was asked.
inline std::vector<dns::Question> with_stub(
    Reply reply, const std::function<asio::awaitable<void>(Stub&)>& talk) {
  asio::io_context loop;
  Stub stub(loop.get_executor(), std::move(reply));
  asio::co_spawn(loop, stub.serve(), rethrow);
  bool ended = false;
  asio::co_spawn(loop, talk(stub), [&](std::exception_ptr error) {
    stub.close();
    rethrow(error);
    ended = true;
  });
  loop.run_for(std::chrono::seconds(20));
  REQUIRE(loop.stopped());
  REQUIRE(ended);
  return stub.asked();
}

inline std::size_t open_descriptors() {
  using std::filesystem::directory_iterator;
  return std::distance(directory_iterator("/proc/self/fd"), directory_iterator());
}
