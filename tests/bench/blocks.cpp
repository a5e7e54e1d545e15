// The queue and the task group of the lessons, measured: tests/bench/blocks builds and runs it, and
// blocks.py and blocks.go do the same work. Look at what is measured: from the first to the last
// step, without the start of the program.
//   blocks queue CAPACITY ITEMS   one producer, one consumer, joined at the end; prints seconds
//   blocks group TASKS            each waits for one gate; prints seconds, and bytes for each task
//   blocks wake HOW TIMES         two tasks wake each other; prints seconds
// HOW a task waits: as in Waiters (erased), with the loop's own executor (typed), and with no frame
// but its own as well (frame).
#include <fmt/core.h>
#include <unistd.h>

#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <coroutine>
#include <ctime>
#include <exception>
#include <fstream>
#include <string>

#include "13-futures/waiters.hpp"
#include "16-cancellation/task_group.hpp"
#include "17-queues/queue.hpp"
#include "36-a-million-tasks/task.hpp"

// Of processor time.
double seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

asio::awaitable<void> produce(Queue<int>& queue, int items) {
  for (int item = 0; item < items; ++item) co_await queue.put(item);
  co_await queue.join();
  queue.close();
}

asio::awaitable<void> consume(Queue<int>& queue) {
  // (The variable is needed: without it g++ 12 awaits once, and loops forever.)
  while (const auto item = co_await queue.get()) queue.task_done();
}

asio::awaitable<void> pass_items(int capacity, int items) {
  Queue<int> queue(co_await asio::this_coro::executor, capacity);
  const double start = seconds();
  co_await with_task_group([&](TaskGroup& tasks) -> asio::awaitable<void> {
    tasks.start(produce(queue, items));
    tasks.start(consume(queue));
    co_return;
  });
  fmt::print("{}\n", seconds() - start);
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

asio::awaitable<void> pass_gate(Waiters& gate, int& waiting) {
  ++waiting;
  co_await gate.wait();
}

asio::awaitable<void> pass_gate_together(int count) {
  Waiters gate(co_await asio::this_coro::executor);
  int waiting = 0;
  const double before = resident_bytes();
  double bytes = 0;
  const double start = seconds();
  co_await with_task_group([&](TaskGroup& tasks) -> asio::awaitable<void> {
    for (int task = 0; task < count; ++task) tasks.start(pass_gate(gate, waiting));
    bytes = (resident_bytes() - before) / waiting;
    gate.wake_all();
    co_return;
  });
  fmt::print("{} {}\n", seconds() - start, bytes);
}

template <typename Executor>
using Bell = asio::experimental::channel<Executor, void(asio::error_code, Waiters::Woken)>;

template <typename Executor>
asio::awaitable<void, Executor> wake(Bell<Executor>& own, Bell<Executor>& other, int times) {
  for (; times > 0; --times) {
    co_await own.async_receive(asio::use_awaitable_t<Executor>());
    other.try_send(asio::error_code(), Waiters::Woken());
  }
}

using LoopExecutor = asio::io_context::executor_type;

// co_await Ring{bell} waits until the bell rings.
struct Ring {
  Bell<LoopExecutor>& bell;

  bool await_ready() const { return false; }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> task) {
    bell.async_receive([resume = Resume<Promise>(task)](asio::error_code error,
                                                        Waiters::Woken) mutable { resume(error); });
  }
  void await_resume() const {}
};

Task<> wake_in_one_frame(Bell<LoopExecutor>& own, Bell<LoopExecutor>& other, int times) {
  for (; times > 0; --times) {
    co_await Ring{own};
    other.try_send(asio::error_code(), Waiters::Woken());
  }
}

// `start(own, other)` starts a task that wakes the other one whenever it is woken.
template <typename Executor, typename Start>
void wake_each_other(asio::io_context& loop, Start start) {
  Bell<Executor> first(loop.get_executor());
  Bell<Executor> second(loop.get_executor());
  start(first, second);
  start(second, first);
  asio::post(loop, [&] { first.try_send(asio::error_code(), Waiters::Woken()); });
  const double begin = seconds();
  loop.run();
  fmt::print("{}\n", seconds() - begin);
}

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

template <typename Executor>
void wake_each_other_with(asio::io_context& loop, int times) {
  wake_each_other<Executor>(loop, [&](Bell<Executor>& own, Bell<Executor>& other) {
    asio::co_spawn(Executor(loop.get_executor()), wake<Executor>(own, other, times), rethrow);
  });
}

int main(int argc, char* argv[]) {
  asio::io_context loop(1);
  if (argc == 4 && argv[1] == std::string("queue")) {
    asio::co_spawn(loop, pass_items(std::stoi(argv[2]), std::stoi(argv[3])), rethrow);
  } else if (argc == 3 && argv[1] == std::string("group")) {
    asio::co_spawn(loop, pass_gate_together(std::stoi(argv[2])), rethrow);
  } else if (argc == 4 && argv[1] == std::string("wake") && argv[2] == std::string("erased")) {
    wake_each_other_with<asio::any_io_executor>(loop, std::stoi(argv[3]) / 2);
  } else if (argc == 4 && argv[1] == std::string("wake") && argv[2] == std::string("typed")) {
    wake_each_other_with<LoopExecutor>(loop, std::stoi(argv[3]) / 2);
  } else if (argc == 4 && argv[1] == std::string("wake") && argv[2] == std::string("frame")) {
    wake_each_other<LoopExecutor>(loop, [&](Bell<LoopExecutor>& own, Bell<LoopExecutor>& other) {
      wake_in_one_frame(own, other, std::stoi(argv[3]) / 2);
    });
  } else {
    fmt::print(stderr,
               "Usage: blocks queue CAPACITY ITEMS | blocks group TASKS | blocks wake HOW TIMES\n");
    return 2;
  }
  loop.run();
}
