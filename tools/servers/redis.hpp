// A private Redis: its own port and folder, and a log of all changes that is on disk before it
// answers.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine.hpp"
#include "readiness.hpp"

namespace servers {

class Redis {
 public:
  explicit Redis(asio::any_io_executor executor)
      : executor_(executor), readiness_(executor, folder_.path()) {}

  std::string address() const { return fmt::format("127.0.0.1:{}", port_); }
  unsigned short port() const { return port_; }
  ChildProcess& process() { return *redis_; }

  // The first time, and again after it has ended or was killed: on the same port, with the same
  // folder.
  asio::awaitable<void> start() {
    redis_.reset();  // before another one replaces it
    redis_ = start_engine(executor_, command(), {readiness_.variable()}, folder_.path());
    co_await readiness_.wait_for(*redis_, "Redis");
  }

 private:
  std::vector<std::string> command() const {
    return {
        "redis-server",
        "--bind",
        "127.0.0.1",
        "--port",
        std::to_string(port_),
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
        "--save",
        "",  // no snapshots as well
        "--supervised",
        "systemd"  // tells NOTIFY_SOCKET
    };
  }

  asio::any_io_executor executor_;
  PrivateFolder folder_{"redis"};
  Readiness readiness_;
  const unsigned short port_ = free_port();
  std::unique_ptr<ChildProcess> redis_;
};

}  // namespace servers
