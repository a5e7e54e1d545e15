// A private PostgreSQL: its own port and folder. The role of the clients owns a database, and has
// no other rights. What to look for: PostgreSQL refuses to run as root, and when its first process
// is killed the others live on for a moment.
#pragma once

#include <fmt/core.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <asio.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine.hpp"
#include "readiness.hpp"

namespace servers {

class Postgresql {
 public:
  explicit Postgresql(asio::any_io_executor executor) : executor_(executor) {
    write("roles.sql",
          "create role workbook login\n"
          "create database workbook owner workbook\n");
    hand_over(folder_.path());
    hand_over(path("roles.sql"));
  }
  ~Postgresql() {
    // In order, because what is killed leaves shared memory behind. SIGTERM would wait for clients.
    if (postgres_) postgres_->end(SIGINT, std::chrono::seconds(10));
  }
  Postgresql(const Postgresql&) = delete;
  Postgresql& operator=(const Postgresql&) = delete;

  std::string address() const { return fmt::format("127.0.0.1:{}", port_); }
  std::string url() const { return fmt::format("postgresql://workbook@{}/workbook", address()); }
  unsigned short port() const { return port_; }
  ChildProcess& process() { return *postgres_; }

  // The first time, and again after it has ended or was killed: on the same port, with the same
  // folder.
  asio::awaitable<void> start() {
    const bool again = postgres_ != nullptr;
    if (!again) co_await create_database();
    // The processes of one that was killed notice that within a second. Until then a new one
    // refuses to start.
    constexpr int most_tries = 50;
    for (int number = 1;; ++number) {
      postgres_.reset();  // before another one replaces it
      listen_for_notices();
      postgres_ = start_engine(executor_, command(), environment(), folder_.path());
      try {
        co_await readiness_->wait_for(*postgres_, "PostgreSQL");
        // It sends a notice whenever it has recovered from the loss of a process. If no program
        // read them, it would be blocked by the tenth.
        readiness_.reset();
        co_return;
      } catch (const std::runtime_error&) {
        if (!again || number == most_tries) throw;
      }
      asio::steady_timer pause(executor_, std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

 private:
  std::filesystem::path path(std::string_view file) const { return folder_.path() / file; }

  void write(std::string_view file, std::string_view text) { std::ofstream(path(file)) << text; }

  void listen_for_notices() {
    readiness_.reset();
    std::filesystem::remove(path("notices"));
    readiness_.emplace(executor_, folder_.path());
    hand_over(path("notices"));
  }

  // The files of its user, who is postgres if we are root.
  static void hand_over(const std::filesystem::path& file) {
    if (getuid() != 0) return;
    const passwd* const user = getpwnam("postgres");
    if (user == nullptr) {
      throw std::runtime_error(
          "there is no user postgres, as whom root starts PostgreSQL: install Debian's package, or "
          "start this as another user than root");
    }
    if (chown(file.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::system_error(errno, std::generic_category(),
                              file.string() + " cannot be given to the user postgres");
    }
  }

  // A signal that a parent's death causes does not survive a change of user, so it is asked for
  // after that.
  static std::vector<std::string> as_its_user(std::vector<std::string> command) {
    std::vector<std::string> words{"setpriv", "--pdeathsig", "INT"};
    if (getuid() == 0) {
      words.insert(words.end(), {"--reuid=postgres", "--regid=postgres", "--init-groups"});
    }
    words.insert(words.end(), command.begin(), command.end());
    return words;
  }

  // Debian keeps the programs of each version in a folder that is not in the PATH.
  static std::string program(std::string_view name) {
    std::string newest(name);
    int newest_version = 0;
    std::error_code absent;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", absent)) {
      const auto file = entry.path() / "bin" / name;
      const int version = std::atoi(entry.path().filename().c_str());
      if (version > newest_version && access(file.c_str(), X_OK) == 0) {
        newest = file;
        newest_version = version;
      }
    }
    return newest;
  }

  std::vector<EnvironmentChange> environment() const {
    return {{"LC_ALL", "C"}, readiness_->variable()};
  }

  // Once. The superuser comes through a socket in the folder, which other users cannot reach.
  asio::awaitable<void> create_database() {
    const std::string script = fmt::format(
        "set -e\n"
        "{} --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync "
        "--wal-segsize=1 --no-instructions\n"
        "{} --single -D data postgres <roles.sql\n"
        "echo 'local all all trust' >data/pg_hba.conf\n"
        "echo 'host workbook workbook 127.0.0.1/32 trust' >>data/pg_hba.conf\n",
        program("initdb"), program("postgres"));
    // (Variables, because g++ 12 fails at such lists inside a co_await.)
    const auto words = as_its_user({"sh", "-c", script});
    const std::vector<EnvironmentChange> language{{"LC_ALL", "C"}};
    co_await create_files("PostgreSQL", words, language, folder_.path());
  }

  std::vector<std::string> command() const {
    std::vector<std::string> words{program("postgres"), "-D", path("data").string()};
    for (const std::string& setting :
         {fmt::format("port={}", port_), std::string("listen_addresses=127.0.0.1"),
          "unix_socket_directories=" + folder_.path().string(), std::string("shared_buffers=16MB"),
          std::string("max_connections=40"), std::string("max_wal_size=32MB"),
          std::string("autovacuum=off"),
          // A kill loses nothing by this, only a power cut does.
          std::string("fsync=off")}) {
      words.push_back("-c");
      words.push_back(setting);
    }
    return as_its_user(words);
  }

  asio::any_io_executor executor_;
  PrivateFolder folder_{"postgresql"};
  std::optional<Readiness> readiness_;  // while it starts
  const unsigned short port_ = free_port();
  std::unique_ptr<ChildProcess> postgres_;
};

}  // namespace servers
