// Asks a name server by hand. Look at what is done about answers
// that are lost, and about those to another question.
#pragma once

#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../15-timeouts/wait_for.hpp"
#include "message.hpp"

namespace dns {

inline constexpr int tries = 3;

// The name server has answered, but not with an address.
struct NoAddress : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Waits for the answer, however long that takes.
inline asio::awaitable<Answer> ask_once(
    asio::ip::udp::endpoint server, std::string name) {
  asio::ip::udp::socket socket(
      co_await asio::this_coro::executor);
  // Takes a free port, and datagrams only from the server.
  co_await socket.async_connect(server, asio::use_awaitable);
  std::random_device random;
  const auto id = static_cast<std::uint16_t>(random());
  const std::string asked = question(id, name);
  co_await socket.async_send(asio::buffer(asked),
                             asio::use_awaitable);
  for (;;) {
    std::array<char, 512> room;
    const std::size_t size = co_await socket.async_receive(
        asio::buffer(room), asio::use_awaitable);
    try {
      co_return read_answer(asked, {room.data(), size});
    } catch (const Malformed&) {
      // Late, forged or broken: the right one may still come.
    }
  }
}

inline asio::awaitable<Answer> ask_again(
    asio::ip::udp::endpoint server, std::string name,
    std::chrono::milliseconds patience) {
  for (int attempt = 1;; ++attempt) {
    try {
      auto once = ask_once(server, name);
      co_return co_await wait_for(std::move(once), patience);
    } catch (const TimedOut&) {
      if (attempt == tries) throw;
    }
  }
}

// At least one IPv4 address. Throws NoAddress, or TimedOut if
// there is no answer after three tries.
inline asio::awaitable<std::vector<asio::ip::address_v4>> ask(
    asio::ip::udp::endpoint server, std::string name,
    std::chrono::milliseconds patience) {
  const Answer answer =
      co_await ask_again(server, name, patience);
  if (answer.status == no_such_name) {
    throw NoAddress("no such name");
  }
  if (answer.status != 0) {
    throw NoAddress(fmt::format(
        "the name server answers with status {}", answer.status));
  }
  if (answer.is_cut) {
    throw NoAddress("the answer does not fit into a datagram");
  }
  if (answer.addresses.empty()) throw NoAddress("no address");
  co_return answer.addresses;
}

}  // namespace dns
