// A Redis of our own: a private port, a private folder, and
// nothing left behind. Look at what it does before it answers.
#pragma once

#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "../25-rabbitmq/engine.hpp"

class Broker {
 public:
  explicit Broker(asio::any_io_executor executor)
      : executor_(executor), notices_(executor) {
    notices_.open();
    notices_.bind(
        asio::local::datagram_protocol::endpoint(notices()));
  }

  std::string address() const {
    return fmt::format("127.0.0.1:{}", port_);
  }
  unsigned short port() const { return port_; }
  Engine& process() { return *redis_; }

  // The first time, and again after it has ended or was killed:
  // on the same port, with the same folder.
  asio::awaitable<void> start() {
    using namespace asio::experimental::awaitable_operators;
    const std::vector environment{"NOTIFY_SOCKET=" + notices()};
    redis_.emplace(executor_, command(), environment,
                   folder_.path());
    asio::steady_timer late(executor_, std::chrono::minutes(1));
    const auto first =
        co_await (ready() || redis_->wait_until_ended() ||
                  late.async_wait(asio::use_awaitable));
    if (first.index() > 0) {
      throw std::runtime_error(fmt::format(
          "Redis {}. It said:\n{}",
          first.index() == 1 ? "ended before it was ready"
                             : "was not ready in a minute",
          log()));
    }
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

  std::string notices() const {
    return (folder_.path() / "notices").string();
  }

  std::string log() const {
    std::ifstream file(folder_.path() / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Redis tells systemd when it has read its log and is ready;
  // we listen instead.
  asio::awaitable<void> ready() {
    std::array<char, 1000> text;
    std::string_view notice;
    while (notice.find("READY=1") == notice.npos) {
      const auto size = co_await notices_.async_receive(
          asio::buffer(text), asio::use_awaitable);
      notice = {text.data(), size};
    }
  }

  asio::any_io_executor executor_;
  PrivateFolder folder_{"redis"};
  asio::local::datagram_protocol::socket notices_;
  const unsigned short port_ = free_port();
  std::optional<Engine> redis_;
};
