// Another program as a child of this one, with a pipe for what
// it prints. Look at how we learn that it has ended.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <asio.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "program.hpp"

class PipedChild {
 public:
  PipedChild(asio::any_io_executor executor,
             std::vector<std::string> command)
      : output_(executor),
        process_(start(std::move(command), output_)) {}
  ~PipedChild() {
    // A program that runs a broker may need 8 s to end it.
    process_.end(SIGTERM, std::chrono::seconds(9));
  }
  PipedChild(const PipedChild&) = delete;
  PipedChild& operator=(const PipedChild&) = delete;

  // The next line that it prints. Nothing when it has ended, for
  // whatever reason: then its output ends, too.
  asio::awaitable<std::optional<std::string>> line() {
    asio::error_code end;
    const std::size_t size = co_await asio::async_read_until(
        output_, asio::dynamic_buffer(text_), '\n',
        asio::redirect_error(asio::use_awaitable, end));
    if (end == asio::error::operation_aborted) {
      throw std::system_error(end);  // we ended the wait
    }
    if (end) co_return std::nullopt;
    std::string line = text_.substr(0, size - 1);
    text_.erase(0, size);
    co_return line;
  }

  void ask_to_end() { process_.send(SIGTERM); }

 private:
  static Child start(std::vector<std::string> command,
                     asio::posix::stream_descriptor& output) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(),
                              "no pipe");
    }
    const Descriptor in(ends[1]);
    asio::error_code error;
    output.assign(ends[0], error);
    if (error) {  // then it is still ours
      close(ends[0]);
      throw std::system_error(error);
    }
    Program program{std::move(command)};
    program.output = in.get();
    program.if_we_die = SIGTERM;  // it may have children
    return start_program(std::move(program));
  }

  asio::posix::stream_descriptor output_;
  std::string text_;
  Child process_;
};
