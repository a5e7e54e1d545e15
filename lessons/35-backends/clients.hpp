// The clients of all servers. They take turns with the server:
// all of them say a word, the server answers, and all of them
// hear it. Their calls are not counted.
#pragma once

#include <asio.hpp>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "count_calls.hpp"

class Clients {
 public:
  Clients(asio::ip::tcp::endpoint server, int number) {
    const Uncounted here;
    for (int client = 1; client <= number; ++client) {
      sockets_.emplace_back(loop_).connect(server);
    }
  }

  // `work_until` lets the server work until it has echoed a given
  // number of bytes. The first round, which finds it cold, is not
  // counted.
  template <typename Work>
  void talk(std::string_view who, Work work_until) {
    round(work_until);
    const Counts before = counts_until_now();
    for (int done = 0; done < rounds; ++done) round(work_until);
    const auto size = static_cast<long>(sockets_.size());
    print_calls(who, rounds * size, before);
  }

  void leave() {
    const Uncounted here;
    sockets_.clear();
  }

 private:
  static constexpr int rounds = 100;
  static constexpr std::string_view word = "soup";

  template <typename Work>
  void round(Work work_until) {
    say();
    work_until(word.size() * sockets_.size());
    hear();
  }

  void say() {
    const Uncounted here;
    for (auto& socket : sockets_) {
      asio::write(socket, asio::buffer(word));
    }
  }

  void hear() {
    const Uncounted here;
    for (auto& socket : sockets_) {
      std::string echo(word.size(), ' ');
      asio::read(socket, asio::buffer(echo));
      if (echo != word) {
        throw std::runtime_error("A client has heard " + echo);
      }
    }
  }

  asio::io_context loop_;  // which does not run: they block
  std::vector<asio::ip::tcp::socket> sockets_;
};
