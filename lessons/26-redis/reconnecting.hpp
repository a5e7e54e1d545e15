// A connection that reconnects automatically. Look at what is
// done with a command whose fate is unknown.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../25-rabbitmq/back_off.hpp"
#include "address.hpp"
#include "redis.hpp"
#include "reply.hpp"

namespace redis {

// Called with a sentence when there is trouble with the
// connection, and with an empty string when it is over.
using Report = std::function<void(const std::string& trouble)>;

// It must outlive every wait for an answer.
class Reconnecting {
 public:
  Reconnecting(asio::any_io_executor executor,
               const Address& address, Report report)
      : executor_(executor),
        address_(address),
        report_(std::move(report)) {}
  Reconnecting(const Reconnecting&) = delete;
  Reconnecting& operator=(const Reconnecting&) = delete;

  // Sends a command until there is an answer. So it may be
  // carried out twice. Throws Error.
  template <typename... Words>
  asio::awaitable<Reply> command(const Words&... words) {
    return until_answered({fmt::format("{}", words)...});
  }

 private:
  using Clock = std::chrono::steady_clock;

  asio::awaitable<Reply> until_answered(
      std::vector<std::string> words) {
    for (;;) {
      co_await pause_is_over();
      if (!connection_) {
        connection_ =
            std::make_shared<Connection>(executor_, address_);
      }
      const auto connection = connection_;
      std::string reason;
      try {
        auto reply = co_await connection->send(words);
        succeed();
        co_return reply;
      } catch (const Disconnected& error) {
        reason = error.what();
      }
      // Of many commands only the first one reports it.
      if (connection == connection_) fail(reason);
    }
  }

  asio::awaitable<void> pause_is_over() {
    while (Clock::now() < next_try_) {
      asio::steady_timer timer(executor_, next_try_);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  void succeed() {
    if (back_off_.begun() && report_) report_("");
    back_off_.reset();
  }

  // The next command after the pause connects anew.
  void fail(const std::string& reason) {
    connection_.reset();
    const auto pause = back_off_.next();
    next_try_ = Clock::now() + pause;
    if (report_) {
      report_(fmt::format(
          "{}; trying again in {}s", reason,
          std::chrono::duration<double>(pause).count()));
    }
  }

  asio::any_io_executor executor_;
  Address address_;
  Report report_;
  std::shared_ptr<Connection> connection_;
  BackOff back_off_;
  Clock::time_point next_try_;
};

}  // namespace redis
