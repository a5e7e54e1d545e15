// A line at a time, also into a pipe: what another program reads
// must not wait in a buffer.
#pragma once

#include <fmt/core.h>

#include <cstdio>
#include <string>

inline void print_line(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}
