// Like async_one_frame.cpp, but with a recycling allocator. Look
// at how many blocks each loaf is left with.
#include <asio.hpp>
#include <cstddef>

#include "bakery.hpp"
#include "recycled.hpp"
#include "task.hpp"
#include "task_cost.hpp"

using Executor = asio::io_context::executor_type;
using Timer =
    asio::steady_timer::rebind_executor<Executor>::other;

Task<Recycled<void>> rise(asio::io_context& loop, Bakery& bakery,
                          int loaf) {
  Timer timer(loop, risen_at(loaf));
  bakery.begin();
  co_await Expiry{timer};
  bakery.end();
}

// All memory is counted: the whole program uses these.
void* operator new(std::size_t size) {
  return counted_new(size);
}
void operator delete(void* block) noexcept {
  counted_delete(block);
}
void operator delete(void* block, std::size_t) noexcept {
  counted_delete(block);
}

int main(int argc, char* argv[]) {
  Bakery bakery(100'000, argc, argv);
  TaskCost cost(bakery);
  asio::io_context loop;
  for (int loaf = 0; loaf < bakery.loaves(); ++loaf) {
    rise(loop, bakery, loaf);
  }
  asio::post(loop, [&] { cost.print(); });
  loop.run();
  cost.print_end();
}
