// The program that runs the broker of lesson 26: whatever happens to it, nothing is left behind.
#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "../server_program.hpp"
#include "../temporary_folder.hpp"

namespace {

std::vector<pid_t> children_of(pid_t process) {
  const std::string id = std::to_string(process);
  std::ifstream file("/proc/" + id + "/task/" + id + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

// False if it still runs after half a minute.
bool ends(pid_t process) {
  const int watch = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  if (watch < 0) return true;
  pollfd ended{watch, POLLIN, 0};
  const bool in_time = poll(&ended, 1, 30'000) == 1;
  close(watch);
  return in_time;
}

}  // namespace

TEST_CASE("told to end it leaves nothing" * doctest::test_suite("server")) {
  const workbook::TemporaryFolder folder;
  setenv("TMPDIR", folder.path().c_str(), 1);
  ServerProgram server("26-redis/server");
  const auto children = children_of(server.id());
  CHECK(children.size() == 1);
  CHECK(!std::filesystem::is_empty(folder.path()));
  SUBCASE("by SIGTERM") {
    CHECK(server.end(SIGTERM) == 0);
  }
  SUBCASE("by Ctrl-C") {
    CHECK(server.end(SIGINT) == 0);
  }
  for (const pid_t child : children) CHECK(ends(child));
  CHECK(std::filesystem::is_empty(folder.path()));
  unsetenv("TMPDIR");
}

TEST_CASE("killed, it takes the broker along" * doctest::test_suite("server")) {
  const workbook::TemporaryFolder folder;
  setenv("TMPDIR", folder.path().c_str(), 1);
  ServerProgram server("26-redis/server");
  const auto children = children_of(server.id());
  CHECK(children.size() == 1);
  CHECK(server.end(SIGKILL) == -SIGKILL);
  for (const pid_t child : children) CHECK(ends(child));
  unsetenv("TMPDIR");
}
