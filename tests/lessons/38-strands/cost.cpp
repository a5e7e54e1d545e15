// What a strand costs: its memory, and the way of a handler through it. One thread runs the loop;
// each handler posts the next, to the loop or to a strand. The best of ten rounds counts, because
// anything else on the machine only adds.
#include <fmt/core.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <new>
#include <vector>

namespace {

std::size_t allocated = 0;

constexpr int handlers = 1'000'000;
using Nanoseconds = std::chrono::duration<double, std::nano>;

// Posts itself until `left` is 0.
template <typename Executor>
struct Handler {
  Executor executor;
  int* left;

  void operator()() const {
    if (--*left > 0) asio::post(executor, *this);
  }
};

// Nanoseconds for each call of `what`, which makes `handlers` of them.
template <typename What>
double each(What what) {
  double best = 1e9;
  for (int round = 0; round < 10; ++round) {
    const auto start = std::chrono::steady_clock::now();
    what();
    const Nanoseconds taken = std::chrono::steady_clock::now() - start;
    best = std::min(best, taken.count() / handlers);
  }
  return best;
}

// (A hint of 4: several threads may run the loop, so it has its locks.)
double posted_to_loop() {
  return each([] {
    asio::io_context loop(4);
    int left = handlers;
    asio::post(loop, Handler<asio::io_context::executor_type>{loop.get_executor(), &left});
    loop.run();
  });
}

double posted_to_strand() {
  return each([] {
    asio::io_context loop(4);
    int left = handlers;
    const auto strand = asio::make_strand(loop);
    asio::post(strand, Handler<asio::strand<asio::io_context::executor_type>>{strand, &left});
    loop.run();
  });
}

double locked() {
  return each([] {
    std::mutex mutex;
    for (volatile int left = handlers; left > 0;) {
      const std::lock_guard lock(mutex);
      left = left - 1;
    }
  });
}

std::size_t bytes_of_a_strand() {
  asio::io_context loop;
  const auto first = asio::make_strand(loop);  // (with what all strands share)
  constexpr int strands = 1000;
  std::vector<asio::strand<asio::io_context::executor_type>> all;
  all.reserve(strands);
  const std::size_t reserved = allocated;
  for (int number = 0; number < strands; ++number) all.push_back(asio::make_strand(loop));
  return (allocated - reserved) / strands;
}

}  // namespace

void* operator new(std::size_t size) {
  allocated += size;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

int main() {
  fmt::print("a strand allocates {} bytes\n", bytes_of_a_strand());
  fmt::print("each handler posts the next to the loop:   {:.0f} ns\n", posted_to_loop());
  fmt::print("each handler posts the next to a strand:   {:.0f} ns\n", posted_to_strand());
  fmt::print("a mutex that no other thread wants:        {:.0f} ns\n", locked());
}
