// What a task costs. Look at what is counted: the blocks of
// memory that are taken and not yet given back.
#pragma once

#include <fmt/core.h>
#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <new>

#include "bakery.hpp"

#ifndef ASIO_DISABLE_STD_ALIGNED_ALLOC
#error "Needs -DASIO_DISABLE_STD_ALIGNED_ALLOC (see the page)."
#endif

inline long blocks_held = 0;
inline std::size_t bytes_held = 0;

// Each program replaces operator new and operator delete by
// these. (When they are inlined, g++ mistakes them for a mismatch
// of malloc and delete.)
[[gnu::noinline]] inline void* counted_new(std::size_t size) {
  void* const block = std::malloc(size);
  if (!block) throw std::bad_alloc();
  ++blocks_held;
  bytes_held += malloc_usable_size(block);
  return block;
}

[[gnu::noinline]] inline void counted_delete(void* block) {
  if (!block) return;
  --blocks_held;
  bytes_held -= malloc_usable_size(block);
  std::free(block);
}

class TaskCost {
 public:
  explicit TaskCost(const Bakery& bakery) : bakery_(bakery) {}

  // Call this when all tasks are waiting.
  void print() const {
    const int tasks = bakery_.rising();
    const long held = blocks_held - blocks_before_;
    fmt::print("Rising at the same time: {}\n", tasks);
    fmt::print("Blocks of memory for each: {}\n",
               (held + tasks / 2) / tasks);
    if (!bakery_.prints_figures()) return;
    fmt::print("Bytes for each: {:.0f}\n",
               (memory_now().used - used_before_) / tasks);
  }

  void print_end() const {
    fmt::print("Still rising: {}\n", bakery_.rising());
    if (!bakery_.prints_figures()) return;
    const double seconds =
        static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    fmt::print("Processor time for each: {:.2f} us\n",
               seconds / bakery_.risen() * 1e6);
  }

 private:
  const Bakery& bakery_;
  // (In the browser there is no /proc, and no figures are
  // printed.)
  double used_before_ =
      bakery_.prints_figures() ? memory_now().used : 0;
  long blocks_before_ = blocks_held;
};
