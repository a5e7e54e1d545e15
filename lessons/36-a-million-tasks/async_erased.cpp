// Like async.cpp, but each loaf is an object that its task keeps
// alive. Look at what the object holds, and what the frame holds.
#include <asio.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

#include "bakery.hpp"
#include "task_cost.hpp"

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

class Loaf : public std::enable_shared_from_this<Loaf> {
 public:
  Loaf(asio::any_io_executor executor, Bakery& bakery, int loaf)
      : executor_(executor),
        timer_(executor, risen_at(loaf)),
        bakery_(bakery) {}

  void start() {
    auto task = [self = shared_from_this()] {
      return self->rise();
    };
    asio::co_spawn(executor_, std::move(task), rethrow);
  }

 private:
  asio::awaitable<void> rise() {
    bakery_.begin();
    co_await timer_.async_wait(asio::use_awaitable);
    bakery_.end();
  }

  asio::any_io_executor executor_;
  asio::steady_timer timer_;
  Bakery& bakery_;
};

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
  const auto executor = loop.get_executor();
  for (int loaf = 0; loaf < bakery.loaves(); ++loaf) {
    std::make_shared<Loaf>(executor, bakery, loaf)->start();
  }
  asio::post(loop, [&] { cost.print(); });
  loop.run();
  cost.print_end();
}
