// How long to wait for an answer, and how a blocking program
// can stop waiting.
#pragma once

#include <fmt/core.h>
#include <poll.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

using std::chrono::milliseconds;
using std::chrono::steady_clock;

inline milliseconds parse_seconds(const char* text) {
  char* end = nullptr;
  const double seconds = std::strtod(text, &end);
  if (*end != '\0' || !(seconds > 0 && seconds <= 3600)) {
    throw std::runtime_error(fmt::format(
        "\"{}\" is not a positive number of seconds up to 3600",
        text));
  }
  const std::chrono::duration<double> limit(seconds);
  return std::max(std::chrono::round<milliseconds>(limit),
                  milliseconds(1));
}

struct NoAnswer : std::runtime_error {
  explicit NoAnswer(milliseconds limit)
      : std::runtime_error(fmt::format(
            "no answer within {:.{}f}s",
            std::chrono::duration<double>(limit).count(),
            limit < milliseconds(50) ? 3 : 1)) {}
};

// Blocks until there is something to read; false if nothing has
// come by the deadline. (Asio's blocking read has no limit.)
inline bool wait_to_read(asio::ip::tcp::socket& socket,
                         steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(
      deadline - steady_clock::now());
  const auto time = std::max<milliseconds::rep>(left.count(), 0);
  pollfd wanted{socket.native_handle(), POLLIN, 0};
  return poll(&wanted, 1, static_cast<int>(time)) != 0;
}
