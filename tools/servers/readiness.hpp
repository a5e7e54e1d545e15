// How an engine says that it is ready: it reports its state to systemd, in whose place we listen.
// Of one that cannot, the port is tried.
#pragma once

#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine.hpp"

namespace servers {

// Returns once a program listens at this port of loopback.
inline asio::awaitable<void> wait_for_listener(unsigned short port) {
  const auto executor = co_await asio::this_coro::executor;
  asio::error_code refused = asio::error::try_again;
  while (refused) {
    asio::steady_timer pause(executor, std::chrono::milliseconds(10));
    co_await pause.async_wait(asio::use_awaitable);
    asio::ip::tcp::socket socket(executor);
    co_await socket.async_connect({asio::ip::address_v4::loopback(), port},
                                  asio::redirect_error(asio::use_awaitable, refused));
  }
}

class Readiness {
 public:
  // `folder`: the engine's.
  Readiness(asio::any_io_executor executor, const std::filesystem::path& folder)
      : folder_(folder), notices_(executor) {
    notices_.open();
    notices_.bind(asio::local::datagram_protocol::endpoint(socket()));
  }

  // For the environment of the engine.
  EnvironmentChange variable() const { return {"NOTIFY_SOCKET", socket()}; }

  // Throws an exception with the engine's output if it is not ready in time.
  asio::awaitable<void> wait_for(ChildProcess& engine, const char* name) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer late(notices_.get_executor(), std::chrono::minutes(1));
    const auto first = co_await (ready() || engine.wait() || late.async_wait(asio::use_awaitable));
    if (first.index() > 0) {
      throw std::runtime_error(fmt::format(
          "{} {}. It said:\n{}", name,
          first.index() == 1 ? "ended before it was ready" : "was not ready within a minute",
          log_in(folder_)));
    }
  }

 private:
  std::string socket() const { return (folder_ / "notices").string(); }

  asio::awaitable<void> ready() {
    std::array<char, 1000> text;
    std::string_view notice;
    while (notice.find("READY=1") == notice.npos) {
      const auto size = co_await notices_.async_receive(asio::buffer(text), asio::use_awaitable);
      notice = {text.data(), size};
    }
  }

  std::filesystem::path folder_;
  asio::local::datagram_protocol::socket notices_;
};

}  // namespace servers
