// A lesson's program that is a server, run until the test is over, and actions of its clients.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <asio.hpp>
#include <optional>
#include <string>
#include <vector>

#include "spawned_program.hpp"

// For a server of lessons 22 and 23 whose clients need not hurry: a free port, a minute for each
// step of a client, and a minute for the farewell.
inline const std::vector<std::string> patient{"0", "60", "60"};

class ServerProgram {
 public:
  using Socket = asio::ip::tcp::socket;

  // `program` is "10-http-request/server". Its first line must be its address.
  explicit ServerProgram(const std::string& program,
                         const std::vector<std::string>& arguments = {}) {
    std::vector<std::string> command{WORKBOOK_BUILD "/lessons/" + program};
    command.insert(command.end(), arguments.begin(), arguments.end());
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    said_ = fdopen(ends[0], "r");
    process_.emplace(command, ends[1]);
    close(ends[1]);
    const std::string address = line();
    if (address.starts_with('/')) return;  // a Unix socket
    REQUIRE_MESSAGE(address.starts_with("127.0.0.1:"), address);
    port_ = static_cast<unsigned short>(std::stoi(address.substr(10)));
  }
  ~ServerProgram() {
    process_.reset();
    fclose(said_);
  }
  ServerProgram(const ServerProgram&) = delete;
  ServerProgram& operator=(const ServerProgram&) = delete;

  pid_t id() const { return process_->id(); }
  unsigned short port() const { return port_; }
  asio::ip::tcp::endpoint address() const { return {asio::ip::address_v4::loopback(), port_}; }

  // The next line that it prints; empty when it has ended.
  std::string line() {
    std::string text;
    for (int c; (c = getc(said_)) != EOF && c != '\n';) text += static_cast<char>(c);
    return text;
  }

  void send(int signal) { process_->send(signal); }
  int wait() { return process_->wait(); }
  int end(int signal) {
    send(signal);
    return wait();
  }

  Socket connect() {
    Socket socket(context_);
    socket.connect(address());
    return socket;
  }

  // Everything that it answers to this, until it hangs up.
  std::string answer_to(const std::string& request) {
    Socket socket = connect();
    asio::error_code error;
    asio::write(socket, asio::buffer(request), error);
    return rest_of(socket);
  }

  // Everything that still comes until the server hangs up. (A reset also ends it.)
  static std::string rest_of(Socket& socket) {
    std::string text;
    asio::error_code error;
    asio::read(socket, asio::dynamic_buffer(text), error);
    return text;
  }

 private:
  asio::io_context context_;
  std::optional<SpawnedProgram> process_;
  FILE* said_ = nullptr;
  unsigned short port_ = 0;
};

inline void say(ServerProgram::Socket& socket, const std::string& text) {
  asio::write(socket, asio::buffer(text));
}

// The first `size` bytes of its answer; fewer if it hangs up before.
inline std::string hear(ServerProgram::Socket& socket, std::size_t size) {
  std::string text(size, ' ');
  asio::error_code error;
  text.resize(asio::read(socket, asio::buffer(text), error));
  return text;
}

inline int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}
