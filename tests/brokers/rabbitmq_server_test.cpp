// The program that runs the broker of lesson 25: whatever happens to it, nothing is left behind.
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

// And their children, and so on.
std::vector<pid_t> descendants_of(pid_t process) {
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
  ServerProgram server("25-rabbitmq/server");
  const auto descendants = descendants_of(server.id());
  CHECK(descendants.size() > 2);  // the broker, its helpers, and its service of names
  CHECK(!std::filesystem::is_empty(folder.path()));
  SUBCASE("by SIGTERM") {
    CHECK(server.end(SIGTERM) == 0);
  }
  SUBCASE("by Ctrl-C") {
    CHECK(server.end(SIGINT) == 0);
  }
  for (const pid_t process : descendants) CHECK(ends(process));
  CHECK(std::filesystem::is_empty(folder.path()));
  unsetenv("TMPDIR");
}

TEST_CASE("killed, it takes the broker along" * doctest::test_suite("server")) {
  const workbook::TemporaryFolder folder;
  setenv("TMPDIR", folder.path().c_str(), 1);
  ServerProgram server("25-rabbitmq/server");
  const auto descendants = descendants_of(server.id());
  CHECK(descendants.size() > 2);
  CHECK(server.end(SIGKILL) == -SIGKILL);
  for (const pid_t process : descendants) CHECK(ends(process));
  unsetenv("TMPDIR");
}
