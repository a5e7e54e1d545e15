// Another program as a child of this one. Look at how it ends:
// in order, if we do, and also if we do not.
#pragma once

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asio.hpp>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

class Child {
 public:
  Child(asio::any_io_executor executor,
        std::vector<std::string> command)
      : output_(executor) {
    std::vector<char*> words;
    for (std::string& word : command) {
      words.push_back(word.data());
    }
    words.push_back(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) fail("no pipe");
    output_.assign(ends[0]);
    const pid_t parent = getpid();
    id_ = fork();
    if (id_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);  // if we are killed
      setsid();  // Ctrl-C is for us, and we tell it
      dup2(ends[1], STDOUT_FILENO);
      // It must not hold our customers' sockets open.
      close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
      if (getppid() == parent) execv(words[0], words.data());
      _exit(127);
    }
    close(ends[1]);
    if (id_ < 0) fail("no new process");
  }
  ~Child() { end(); }
  Child(const Child&) = delete;

  // The next line that it prints. Nothing when it has ended, for
  // whatever reason: then its output ends, too.
  asio::awaitable<std::optional<std::string>> line() {
    asio::error_code end;
    const std::size_t size = co_await asio::async_read_until(
        output_, asio::dynamic_buffer(text_), '\n',
        asio::redirect_error(asio::use_awaitable, end));
    if (end) co_return std::nullopt;
    std::string line = text_.substr(0, size - 1);
    text_.erase(0, size);
    co_return line;
  }

  void ask_to_end() { kill(id_, SIGTERM); }

  // Blocks until it has ended, some seconds at the most.
  void end() {
    if (id_ == 0) return;
    ask_to_end();
    const int watch =
        static_cast<int>(syscall(SYS_pidfd_open, id_, 0));
    pollfd ended{watch, POLLIN, 0};
    if (poll(&ended, 1, 9000) != 1) kill(id_, SIGKILL);
    close(watch);
    waitpid(std::exchange(id_, 0), nullptr, 0);
  }

 private:
  [[noreturn]] static void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
  }

  asio::posix::stream_descriptor output_;
  std::string text_;
  pid_t id_ = 0;
};
