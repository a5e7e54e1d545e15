// The progress of the counting, and the number of ticks.
#pragma once

#include <fmt/core.h>

#include <cstddef>

#include "primes.hpp"

// Read and written by the thread of the loop only.
struct Tally {
  std::size_t ranges_done = 0;
  int primes = 0;
  int ticks = 0;

  void add(int found) {
    ++ranges_done;
    primes += found;
  }

  bool done() const { return ranges_done == ranges.size(); }

  void print() const {
    fmt::print("{} primes\n", primes);
    fmt::print("ticks while counting: {}\n",
               ticks > 0 ? "some" : "none");
  }
};
