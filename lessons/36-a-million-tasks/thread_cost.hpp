// What a thread costs. Look at the difference between what is
// reserved and what is used.
#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <string>

#include "bakery.hpp"

class ThreadCost {
 public:
  explicit ThreadCost(const Bakery& bakery) : bakery_(bakery) {}

  // While the threads wait. (A thread that has ended keeps its
  // stack until it is joined.)
  void print(std::size_t threads) const {
    const Memory now = memory_now();
    const auto count = static_cast<double>(threads);
    const double reserved =
        (now.reserved - before_.reserved) / count;
    const double used = (now.used - before_.used) / count;
    if (bakery_.prints_figures()) {
      fmt::print("Threads: {}\n", threads);
      fmt::print("Each reserves {:.0f} bytes, and uses {:.0f}\n",
                 reserved, used);
    } else {
      fmt::print("Threads: {}\n",
                 threads >= 1000 ? "thousands" : "hundreds");
      fmt::print("Each reserves {}, and uses {}\n",
                 in_words(reserved), in_words(used));
    }
  }

  void print_end() const {
    fmt::print("Still rising: {}\n", bakery_.rising());
  }

 private:
  static std::string in_words(double bytes) {
    if (bytes < 1e3) return "bytes";
    return bytes < 1e6 ? "kilobytes" : "megabytes";
  }

  const Bakery& bakery_;
  Memory before_ = memory_now();
};
