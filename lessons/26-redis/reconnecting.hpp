// A connection that reconnects automatically. Look at what is
// done with a command whose fate is unknown.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "address.hpp"
#include "redis.hpp"
#include "reply.hpp"

namespace redis {

// Called with a sentence for each trouble with the connection,
// and with an empty one when it is over.
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
    if (pause_ != shortest && report_) report_("");
    pause_ = shortest;
  }

  // The next command after the pause connects anew.
  void fail(const std::string& reason) {
    connection_.reset();
    next_try_ = Clock::now() + pause_;
    if (report_) {
      report_(fmt::format(
          "{}; trying again in {}s", reason,
          std::chrono::duration<double>(pause_).count()));
    }
    pause_ = std::min(2 * pause_, longest);
  }

  static constexpr std::chrono::milliseconds shortest{100};
  static constexpr std::chrono::milliseconds longest{5000};

  asio::any_io_executor executor_;
  Address address_;
  Report report_;
  std::shared_ptr<Connection> connection_;
  std::chrono::milliseconds pause_ = shortest;
  Clock::time_point next_try_;
};

}  // namespace redis
