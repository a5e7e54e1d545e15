// A private MariaDB: its own folder, and in it a Unix socket, which is its only entrance. It has no
// table of users. What to look for: only we can enter the folder, so it needs none.
#pragma once

#include <fmt/core.h>
#include <sys/un.h>
#include <unistd.h>

#include <asio.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine.hpp"
#include "readiness.hpp"

namespace servers {

class Mariadb {
 public:
  explicit Mariadb(asio::any_io_executor executor) : executor_(executor) {
    if (address().size() >= sizeof(sockaddr_un::sun_path)) {
      throw std::runtime_error(fmt::format(
          "The path of a socket must be shorter than {}; set TMPDIR to a shorter one", address()));
    }
    std::filesystem::create_directory(path("data"));
  }
  Mariadb(const Mariadb&) = delete;
  Mariadb& operator=(const Mariadb&) = delete;

  // The path of the socket.
  std::string address() const { return path("socket").string(); }
  ChildProcess& process() { return *mariadbd_; }

  // The first time, and again after it has ended or was killed: at the same address, with the same
  // folder.
  asio::awaitable<void> start() {
    if (mariadbd_ == nullptr) co_await create_database();
    mariadbd_.reset();  // before another one replaces it
    listen_for_notices();
    mariadbd_ = start_engine(executor_, command(), {readiness_->variable()}, folder_.path());
    co_await readiness_->wait_for(*mariadbd_, "MariaDB");
    readiness_.reset();  // it may send further ones, which would not be read
  }

 private:
  std::filesystem::path path(std::string_view file) const { return folder_.path() / file; }

  void listen_for_notices() {
    readiness_.reset();
    std::filesystem::remove(path("notices"));
    readiness_.emplace(executor_, folder_.path());
  }

  // Debian keeps the program in a folder that is not in each PATH.
  static std::string program() {
    const std::string usual = "/usr/sbin/mariadbd";
    return access(usual.c_str(), X_OK) == 0 ? usual : "mariadbd";
  }

  // Once, by a MariaDB that ends in order. A server that creates its files is ready before they are
  // all written, and if it is killed then, they cannot be read ("the wrong space ID").
  asio::awaitable<void> create_database() {
    std::vector<std::string> words = command();
    words.push_back("--bootstrap");  // from its empty input
    co_await create_files("MariaDB", words, {}, folder_.path());
  }

  std::vector<std::string> command() const {
    std::vector<std::string> words{program(), "--no-defaults"};
    // It refuses to run as root, unless it is told to.
    if (getuid() == 0) words.push_back("--user=root");
    for (const std::string& setting :
         {"datadir=" + path("data").string(), "socket=" + address(),
          "pid-file=" + path("pid").string(), "tmpdir=" + folder_.path().string(),
          // It asks no client for a password, and does without the tables of mariadb-install-db.
          std::string("skip-grant-tables"), std::string("skip-networking"),
          std::string("skip-log-bin"), std::string("performance-schema=OFF"),
          std::string("max-connections=40"), std::string("innodb-buffer-pool-size=16M"),
          std::string("innodb-log-file-size=4M"), std::string("key-buffer-size=1M"),
          std::string("aria-pagecache-buffer-size=1M"),
          // A kill loses nothing by this, only a power cut does.
          std::string("innodb-flush-log-at-trx-commit=2")}) {
      words.push_back("--" + setting);
    }
    return words;
  }

  asio::any_io_executor executor_;
  PrivateFolder folder_{"mariadb"};
  std::optional<Readiness> readiness_;  // while it starts
  std::unique_ptr<ChildProcess> mariadbd_;
};

}  // namespace servers
