// A part of the program in a process of its own, which can be
// killed like any other.
#pragma once

#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

// Several processes write to one output: line by line.
template <typename... Values>
void say(fmt::format_string<Values...> text, Values&&... values) {
  fmt::print(text, std::forward<Values>(values)...);
  std::fflush(stdout);
}

class Process {
 public:
  // Begins at once. To be called where no loop and no thread is
  // running: a process takes a copy of everything.
  template <typename Work>
  explicit Process(Work work) : id_(fork()) {
    if (id_ == -1) {
      throw std::system_error(errno, std::generic_category(),
                              "no new process");
    }
    if (id_ == 0) _exit(do_all(work));
  }
  Process(const Process&) = delete;
  ~Process() {
    if (id_ != 0) end();
  }

  // kill -9: it has no time for a last word.
  void end() {
    kill(id_, SIGKILL);
    waitpid(std::exchange(id_, 0), nullptr, 0);
  }

  // Waits until it has done its work.
  void wait() {
    int how = 0;
    waitpid(std::exchange(id_, 0), &how, 0);
    if (how != 0) throw std::runtime_error("a process failed");
  }

 private:
  template <typename Work>
  static int do_all(Work& work) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // not left behind
    try {
      work();
      return 0;
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}.\n", error.what());
      return 1;
    }
  }

  pid_t id_;
};
