// A Redis of our own: a private port, a private folder, and
// nothing left behind. Look at what it does before it answers.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <optional>
#include <string>
#include <vector>

#include "../25-rabbitmq/engine.hpp"
#include "../25-rabbitmq/readiness.hpp"

namespace redis {

class Broker {
 public:
  explicit Broker(asio::any_io_executor executor)
      : readiness_(executor, folder_.path()) {}

  std::string address() const {
    return fmt::format("127.0.0.1:{}", port_);
  }
  unsigned short port() const { return port_; }
  Child& process() { return *redis_; }

  // The first time, and again after it has ended or was killed:
  // on the same port, with the same folder.
  asio::awaitable<void> start() {
    redis_.reset();  // before another one takes its place
    redis_ = start_engine(command(), {readiness_.variable()},
                          folder_.path());
    co_await readiness_.wait_for(*redis_, "Redis");
  }

 private:
  std::vector<std::string> command() const {
    std::vector<std::string> words{"redis-server"};
    const auto set = [&](const char* name,
                         const std::string& value) {
      words.insert(words.end(), {name, value});
    };
    set("--bind", "127.0.0.1");
    set("--port", std::to_string(port_));
    set("--appendonly", "yes");      // a log of all changes,
    set("--appendfsync", "always");  // on disk before it answers
    set("--save", "");               // and no snapshots besides
    set("--supervised", "systemd");  // tells NOTIFY_SOCKET
    return words;
  }

  PrivateFolder folder_{"redis"};
  Readiness readiness_;
  const unsigned short port_ = free_port();
  std::optional<Child> redis_;
};

}  // namespace redis
