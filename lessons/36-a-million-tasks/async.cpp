// Loaves rise, and a task waits for each. Look at what main does
// for a loaf: it calls a coroutine, and spawns it.
#include <asio.hpp>
#include <cstddef>
#include <exception>

#include "bakery.hpp"
#include "task_cost.hpp"

asio::awaitable<void> rise(Bakery& bakery, int loaf) {
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           risen_at(loaf));
  bakery.begin();
  co_await timer.async_wait(asio::use_awaitable);
  bakery.end();
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
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
    asio::co_spawn(loop, rise(bakery, loaf), rethrow);
  }
  asio::post(loop, [&] { cost.print(); });
  loop.run();
  cost.print_end();
}
