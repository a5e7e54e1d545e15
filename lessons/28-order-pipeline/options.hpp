// What the user of the pipeline may choose:
//   [--queue memory|rabbitmq|redis|kafka] [--workers 2]
//   [--seconds 1.0] [--shelf FILE|postgresql://…]
//   [PORT [PATIENCE [FAREWELL]]]
#pragma once

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "../10-http-request/time_limit.hpp"
#include "../22-echo-server/limits.hpp"

struct Options {
  Settings settings;
  std::string queue = "memory";
  int workers = 2;
  milliseconds time{1000};  // to pack an order
  std::string shelf;        // empty: a file for this run
  int worker = 0;           // not 0: this process is that worker
};

inline int parse_count(const std::string& name,
                       const std::string& text) {
  int count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] =
      std::from_chars(text.data(), end, count);
  if (error != std::errc{} || stop != end || count < 0 ||
      count > 1000) {
    throw std::runtime_error(name +
                             " must be a number from 0 to 1000");
  }
  return count;
}

inline Options parse_options(int argc, char* argv[]) {
  Options options;
  std::vector<char*> others{argv[0]};
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (!name.starts_with("--")) {
      others.push_back(argv[i]);
      continue;
    }
    const auto value = [&] {
      if (++i < argc) return std::string(argv[i]);
      throw std::runtime_error(name + " needs a value");
    };
    if (name == "--queue") {
      options.queue = value();
    } else if (name == "--workers") {
      options.workers = parse_count(name, value());
    } else if (name == "--seconds") {
      options.time = parse_seconds(value().c_str());
    } else if (name == "--shelf") {
      options.shelf = value();
    } else if (name == "--worker") {
      options.worker = parse_count(name, value());
    } else {
      throw std::runtime_error("there is no option " + name +
                               "; there are --queue, --workers, "
                               "--seconds and --shelf");
    }
  }
  options.settings = parse_settings(
      static_cast<int>(others.size()), others.data());
  return options;
}
