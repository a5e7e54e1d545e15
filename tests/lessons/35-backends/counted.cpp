// async.cpp of lesson 35, which says at its end how often it has waited: the test compares that
// with what strace has seen.
#include "../../../lessons/35-backends/async.cpp"

#include <fmt/core.h>

#include <cstdio>

namespace {

struct AtTheEnd {
  ~AtTheEnd() {
    const Counts counts = counts_until_now();
    for (std::size_t call = 0; call < 3; ++call) {
      fmt::print(stderr, "{} {}\n", call_names[call], counts[call]);
    }
  }
};
const AtTheEnd at_the_end;

}  // namespace
