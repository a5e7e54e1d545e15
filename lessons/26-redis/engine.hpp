// A server that others have written, as a child of this process,
// with a folder of its own. Look at how it ends: with us.
#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asio.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// A new folder that only we may read. It goes with its object.
class PrivateFolder {
 public:
  explicit PrivateFolder(const std::string& name) {
    const auto place = std::filesystem::temp_directory_path();
    path_ = (place / (name + ".XXXXXX")).string();
    if (mkdtemp(path_.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(),
                              "no folder in " + place.string());
    }
  }
  PrivateFolder(const PrivateFolder&) = delete;
  ~PrivateFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Engine {
 public:
  // Starts `command`, whose log we read, in the folder.
  Engine(asio::any_io_executor executor,
         std::vector<std::string> command,
         const std::string& folder)
      : log_(executor) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) fail("no pipe");
    log_.assign(ends[0]);
    std::vector<char*> words;
    for (std::string& word : command)
      words.push_back(word.data());
    words.push_back(nullptr);
    const pid_t parent = getpid();
    id_ = fork();
    if (id_ == 0) {
      // Killed when we are, however that comes about.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      setpgid(0, 0);  // Ctrl-C is for us, and we tell it
      dup2(ends[1], STDOUT_FILENO);
      dup2(ends[1], STDERR_FILENO);
      if (getppid() == parent && chdir(folder.c_str()) == 0) {
        execvp(words[0], words.data());
      }
      _exit(127);
    }
    close(ends[1]);
    if (id_ == -1) fail("no new process");
  }
  Engine(const Engine&) = delete;
  ~Engine() {
    if (id_ == 0) return;
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }

  // Waits for a line of its log that contains `text`. False if
  // it ends before.
  asio::awaitable<bool> says(std::string_view text) {
    bool found = false;
    while (!found && !ended_) {
      co_await read_line();
      found = line_.find(text) != std::string::npos;
    }
    co_return found;
  }

  // What it said last.
  const std::string& line() const { return line_; }

  // Waits for its end: for that of its log. The exit status, or
  // minus the signal that ended it.
  asio::awaitable<int> end() {
    while (!ended_) co_await read_line();
    int how = 0;
    waitpid(std::exchange(id_, 0), &how, 0);
    co_return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
  }

  // Asks it to end, and after some time no longer asks.
  void stop() {
    if (id_ == 0) return;
    kill(id_, SIGTERM);
    patience_.expires_after(std::chrono::seconds(5));
    patience_.async_wait([this](asio::error_code error) {
      if (!error && id_ != 0) kill(id_, SIGKILL);
    });
  }

 private:
  [[noreturn]] static void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
  }

  asio::awaitable<void> read_line() {
    asio::error_code end;
    const std::size_t size = co_await asio::async_read_until(
        log_, asio::dynamic_buffer(unread_), "\n",
        asio::redirect_error(asio::use_awaitable, end));
    ended_ = static_cast<bool>(end);
    if (ended_) co_return;
    line_ = unread_.substr(0, size - 1);
    unread_.erase(0, size);
  }

  asio::posix::stream_descriptor log_;
  asio::steady_timer patience_{log_.get_executor()};
  std::string unread_;
  std::string line_;
  bool ended_ = false;
  pid_t id_ = 0;
};
