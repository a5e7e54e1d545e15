// Like async.cpp, but with the type of the loop's executor
// instead of any_io_executor. Look at the three places.
#include <asio.hpp>
#include <cstddef>
#include <exception>

#include "bakery.hpp"
#include "task_cost.hpp"

using Executor = asio::io_context::executor_type;
using Timer =
    asio::steady_timer::rebind_executor<Executor>::other;
constexpr asio::use_awaitable_t<Executor> use_awaitable;

asio::awaitable<void, Executor> rise(Bakery& bakery, int loaf) {
  Timer timer(co_await asio::this_coro::executor, risen_at(loaf));
  bakery.begin();
  co_await timer.async_wait(use_awaitable);
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
