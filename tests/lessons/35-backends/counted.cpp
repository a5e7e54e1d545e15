// async.cpp of lesson 35, which then says how often it has waited: the test compares that with what
// strace has seen.
#include <fmt/core.h>

#include <cstdio>

#include "../../../lessons/35-backends/backend.hpp"
#include "../../../lessons/35-backends/clients.hpp"
#define main serve_all
#include "../../../lessons/35-backends/async.cpp"
#undef main

int main() {
  const int status = serve_all();
  const Counts counts = counts_until_now();
  for (std::size_t call = 0; call < 3; ++call) {
    fmt::print(stderr, "{} {}\n", call_names[call], counts[call]);
  }
  return status;
}
