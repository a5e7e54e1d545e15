// Like async_recycled.cpp, but all the loaves share one timer.
// Look at what rise no longer has.
#include <asio.hpp>
#include <cstddef>

#include "alarms.hpp"
#include "bakery.hpp"
#include "recycled.hpp"
#include "task.hpp"
#include "task_cost.hpp"

Task<Recycled<void>> rise(Alarms& alarms, Bakery& bakery,
                          int loaf) {
  bakery.begin();
  co_await alarms.at(risen_at(loaf));
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
  Alarms alarms(loop);
  for (int loaf = 0; loaf < bakery.loaves(); ++loaf) {
    rise(alarms, bakery, loaf);
  }
  asio::post(loop, [&] { cost.print(); });
  loop.run();
  cost.print_end();
}
