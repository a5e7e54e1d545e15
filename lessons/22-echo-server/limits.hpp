// How much strangers may ask of a server, and how its user sets
// it: [PORT [PATIENCE [FAREWELL]]], the last two in seconds.
#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "../10-http-request/time_limit.hpp"
#include "print_line.hpp"

struct Limits {
  std::size_t clients = 1000;     // at the same time
  milliseconds patience{5000};    // for each step of a client
  milliseconds farewell{10'000};  // drain time-out, for all
};

struct Settings {
  unsigned short port = 0;  // 0: the system chooses a free one
  Limits limits;
};

inline unsigned short parse_port(const char* text) {
  unsigned short port = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, port);
  if (error != std::errc{} || stop != end) {
    throw std::runtime_error(
        "the port is not a number from 0 to 65535");
  }
  return port;
}

inline Settings parse_settings(int argc, char* argv[]) {
  Settings settings;
  Limits& limits = settings.limits;
  if (argc > 1) settings.port = parse_port(argv[1]);
  if (argc > 2) limits.patience = parse_seconds(argv[2]);
  if (argc > 3) limits.farewell = parse_seconds(argv[3]);
  return settings;
}
