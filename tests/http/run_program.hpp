// Runs a program to its end, and keeps all that it said.
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
#include <vector>

struct Outcome {
  int status = -1;  // exit status; -1 for a signal
  std::string output;
  std::string errors;
};

namespace detail {

// A file without a name, for what a program says.
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

// `environment` is added to ours, as "NAME=value". A program that has not ended after half a minute
// is killed, and the test ends there: it hangs.
inline Outcome run_program(const std::vector<std::string>& command,
                           const std::vector<std::string>& environment = {}) {
  const detail::Capture output;
  const detail::Capture errors;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, output.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, errors.descriptor(), STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::vector<char*> variables;
  for (const std::string& word : environment) variables.push_back(const_cast<char*>(word.c_str()));
  for (char** variable = environ; *variable != nullptr; ++variable) variables.push_back(*variable);
  variables.push_back(nullptr);
  pid_t id = 0;
  const int failure =
      posix_spawn(&id, arguments[0], &files, nullptr, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&files);
  REQUIRE_MESSAGE(failure == 0, command[0], ": ", std::generic_category().message(failure));

  const int watch = static_cast<int>(syscall(SYS_pidfd_open, id, 0));
  REQUIRE(watch >= 0);
  pollfd ended{watch, POLLIN, 0};
  const bool hangs = poll(&ended, 1, 30'000) != 1;
  if (hangs) kill(id, SIGKILL);
  ::close(watch);
  int how = 0;
  waitpid(id, &how, 0);
  REQUIRE_MESSAGE(!hangs, command[0], " ", command[1], " had not ended after 30 s");
  return {WIFEXITED(how) ? WEXITSTATUS(how) : -1, output.text(), errors.text()};
}
