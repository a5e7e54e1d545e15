// A lesson's program that is a server, run until the test is over, and what clients do to it.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asio.hpp>
#include <string>
#include <vector>

class ServerProgram {
 public:
  using Socket = asio::ip::tcp::socket;

  // `program` is "10-http-request/server". Its first line must be its address.
  explicit ServerProgram(const std::string& program,
                         const std::vector<std::string>& arguments = {}) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    const std::string path = WORKBOOK_BUILD "/lessons/" + program;
    std::vector<char*> words{const_cast<char*>(path.c_str())};
    for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const int failure = posix_spawn(&id_, path.c_str(), &files, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    REQUIRE_MESSAGE(failure == 0, path);
    said_ = fdopen(ends[0], "r");
    const std::string address = line();
    REQUIRE_MESSAGE(address.starts_with("127.0.0.1:"), address);
    port_ = static_cast<unsigned short>(std::stoi(address.substr(10)));
  }
  ~ServerProgram() {
    if (id_ != 0) end(SIGKILL);
    fclose(said_);
  }
  ServerProgram(const ServerProgram&) = delete;
  ServerProgram& operator=(const ServerProgram&) = delete;

  pid_t id() const { return id_; }
  unsigned short port() const { return port_; }
  asio::ip::tcp::endpoint address() const { return {asio::ip::address_v4::loopback(), port_}; }

  // The next line that it prints; empty when it has ended.
  std::string line() {
    std::string text;
    for (int c; (c = getc(said_)) != EOF && c != '\n';) text += static_cast<char>(c);
    return text;
  }

  void send(int signal) { kill(id_, signal); }

  // Waits for its end and returns its exit status, or minus the signal that ended it. One that has
  // not ended after half a minute is killed.
  int wait() {
    const int watch = static_cast<int>(syscall(SYS_pidfd_open, id_, 0));
    REQUIRE(watch >= 0);
    pollfd ended{watch, POLLIN, 0};
    if (poll(&ended, 1, 30'000) != 1) kill(id_, SIGKILL);
    close(watch);
    int how = 0;
    waitpid(id_, &how, 0);
    id_ = 0;
    return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
  }

  int end(int signal) {
    send(signal);
    return wait();
  }

  Socket connect() {
    Socket socket(context_);
    socket.connect(address());
    return socket;
  }

  // All that it answers to this, until it hangs up.
  std::string answer_to(const std::string& request) {
    Socket socket = connect();
    asio::error_code error;
    asio::write(socket, asio::buffer(request), error);
    return rest_of(socket);
  }

  // All that still comes, until the server hangs up. (A reset is an end as well.)
  static std::string rest_of(Socket& socket) {
    std::string text;
    asio::error_code error;
    asio::read(socket, asio::dynamic_buffer(text), error);
    return text;
  }

 private:
  asio::io_context context_;
  pid_t id_ = 0;
  FILE* said_ = nullptr;
  unsigned short port_ = 0;
};

inline int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}
