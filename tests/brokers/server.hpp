// A program that runs a broker: whatever happens to it, nothing of it stays behind.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asio.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "caught.hpp"
#include "server_program.hpp"
#include "temporary_folder.hpp"

// And their children, and so on.
inline std::vector<pid_t> descendants_of(pid_t process) {
  const std::string id = std::to_string(process);
  std::ifstream file("/proc/" + id + "/task/" + id + "/children");
  std::vector<pid_t> descendants;
  for (pid_t child = 0; file >> child;) {
    descendants.push_back(child);
    const auto further = descendants_of(child);
    descendants.insert(descendants.end(), further.begin(), further.end());
  }
  return descendants;
}

// False if it still runs after half a minute.
inline bool ends(pid_t process) {
  const int watch = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  if (watch < 0) return true;
  pollfd ended{watch, POLLIN, 0};
  const bool in_time = poll(&ended, 1, 30'000) == 1;
  close(watch);
  return in_time;
}

// `is_complete`: whether so many processes are those of the broker.
using IsComplete = std::function<bool(std::size_t processes)>;

// Its private folder is within TMPDIR.
class PrivateTmp {
 public:
  PrivateTmp() {
    // (PostgreSQL does not run as root, and its user must get at its own folder in here.)
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::others_exec,
                                 std::filesystem::perm_options::add);
    setenv("TMPDIR", folder_.path().c_str(), 1);
  }
  ~PrivateTmp() { unsetenv("TMPDIR"); }
  bool is_empty() const { return std::filesystem::is_empty(folder_.path()); }

 private:
  workbook::TemporaryFolder folder_;
};

// A server of tools/servers in this process, which the test can kill and start again.
template <class Engine>
struct RunningEngine {
  asio::io_context loop;
  Engine engine{loop.get_executor()};

  RunningEngine() { start(); }

  void start() {
    asio::co_spawn(loop, engine.start(), workbook::rethrow);
    loop.restart();
    loop.run();
  }
};

inline void check_that_nothing_is_left(const std::string& program, const IsComplete& is_complete,
                                       int signal) {
  const PrivateTmp tmp;
  ServerProgram server(program);
  const auto descendants = descendants_of(server.id());
  CHECK_MESSAGE(is_complete(descendants.size()), descendants.size());
  CHECK(!tmp.is_empty());
  CHECK(server.end(signal) == 0);
  for (const pid_t process : descendants) CHECK(ends(process));
  CHECK(tmp.is_empty());
}

// The server notices that, and leaves nothing behind.
inline void check_that_it_ends_with_its_parent(const std::string& program,
                                               const IsComplete& is_complete) {
  const PrivateTmp tmp;
  int ends_of_pipe[2];
  REQUIRE(pipe2(ends_of_pipe, O_CLOEXEC) == 0);
  const std::string path = WORKBOOK_BUILD "/lessons/" + program;
  const pid_t parent = fork();
  if (parent == 0) {
    if (fork() == 0) {
      dup2(ends_of_pipe[1], STDOUT_FILENO);
      execl(path.c_str(), path.c_str(), nullptr);
      _exit(127);
    }
    for (;;) pause();
  }
  close(ends_of_pipe[1]);
  FILE* said = fdopen(ends_of_pipe[0], "r");
  char address[100] = "";
  CHECK(fgets(address, sizeof address, said) != nullptr);
  const auto descendants = descendants_of(parent);
  CHECK_MESSAGE(is_complete(descendants.size() - 1), descendants.size());
  CHECK(!tmp.is_empty());
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  for (const pid_t process : descendants) CHECK(ends(process));
  CHECK(tmp.is_empty());
  fclose(said);
}

// Once, although it is to be killed again before it is back.
inline void check_that_it_comes_back(const std::string& program) {
  ServerProgram server(program);
  server.send(SIGUSR1);
  CHECK(server.line() == "The server is killed");
  server.send(SIGUSR1);
  CHECK(server.line() == "The server is back");
  if (server.port() != 0) server.connect();
  CHECK(server.end(SIGTERM) == 0);
}

// (A process that is killed cannot delete a folder.)
inline void check_that_all_ends(const std::string& program, const IsComplete& is_complete) {
  const PrivateTmp tmp;
  ServerProgram server(program);
  const auto descendants = descendants_of(server.id());
  CHECK_MESSAGE(is_complete(descendants.size()), descendants.size());
  CHECK(server.end(SIGKILL) == -SIGKILL);
  for (const pid_t process : descendants) CHECK(ends(process));
}
