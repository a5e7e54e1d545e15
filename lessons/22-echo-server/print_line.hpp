// A line at a time, even into a pipe: a line for another program
// must not wait in a buffer.
#pragma once

#include <fmt/core.h>

#include <cstdio>
#include <string>

inline void print_line(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}
