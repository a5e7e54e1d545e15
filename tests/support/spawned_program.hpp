// Runs programs as they are, beside the tests or to their end.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

class SpawnedProgram {
 public:
  // The program is command[0], a path. Its 1 and 2 become these descriptors, which stay the
  // caller's; -1: ours. It gets no others: a socket that it inherited would outlive ours.
  // `environment` is added to ours, as "NAME=value".
  explicit SpawnedProgram(const std::vector<std::string>& command, int output, int errors = -1,
                          const std::vector<std::string>& environment = {}) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    if (output >= 0) posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    if (errors >= 0) posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::vector<char*> variables;
    for (const std::string& word : environment) {
      variables.push_back(const_cast<char*>(word.c_str()));
    }
    for (char** variable = environ; *variable != nullptr; ++variable) {
      variables.push_back(*variable);
    }
    variables.push_back(nullptr);
    const int failure =
        posix_spawn(&id_, arguments[0], &files, nullptr, arguments.data(), variables.data());
    posix_spawn_file_actions_destroy(&files);
    if (failure != 0) id_ = 0;
    REQUIRE_MESSAGE(failure == 0, command[0], ": ", std::generic_category().message(failure));
  }
  ~SpawnedProgram() {
    if (id_ == 0) return;
    send(SIGKILL);
    reap();
  }
  SpawnedProgram(const SpawnedProgram&) = delete;
  SpawnedProgram& operator=(const SpawnedProgram&) = delete;

  pid_t id() const { return id_; }
  bool hangs() const { return hangs_; }

  void send(int signal) { ::kill(id_, signal); }

  // Waits for its end and returns its exit status, or minus the signal that ended it. A program
  // that has not ended after half a minute hangs, and is killed.
  int wait() {
    const int watch = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
    REQUIRE(watch >= 0);
    pollfd ended{watch, POLLIN, 0};
    hangs_ = ::poll(&ended, 1, 30'000) != 1;
    ::close(watch);
    if (hangs_) send(SIGKILL);
    return reap();
  }

 private:
  int reap() {
    int how = 0;
    ::waitpid(std::exchange(id_, 0), &how, 0);
    return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
  }

  pid_t id_ = 0;  // 0: it has been waited for
  bool hangs_ = false;
};

struct ProgramResult {
  int status = -1;  // exit status; minus the signal for one that was killed
  std::string output;
  std::string errors;
};

namespace detail {

// A file without a name, for a program's output.
class Capture {
 public:
  Capture() : file_(memfd_create("capture", MFD_CLOEXEC)) { REQUIRE(file_ >= 0); }
  ~Capture() { ::close(file_); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  int descriptor() const { return file_; }
  std::string text() const {
    std::string all;
    char piece[4096];
    for (ssize_t size; (size = pread(file_, piece, sizeof piece, all.size())) > 0;) {
      all.append(piece, size);
    }
    return all;
  }

 private:
  int file_;
};

}  // namespace detail

// Runs it to its end, and keeps all its output. A program that hangs ends the test.
inline ProgramResult run_program(const std::vector<std::string>& command,
                                 const std::vector<std::string>& environment = {}) {
  const detail::Capture output;
  const detail::Capture errors;
  SpawnedProgram program(command, output.descriptor(), errors.descriptor(), environment);
  const int status = program.wait();
  REQUIRE_MESSAGE(!program.hangs(), command[0], " ", command[1], " had not ended after 30 s");
  return {status, output.text(), errors.text()};
}
