// The queue and the task group of the lessons, measured: tests/bench/blocks builds and runs it, and
// blocks.py and blocks.go do the same work. Look at what is measured: from the first to the last
// step, without the start of the program.
//   blocks queue CAPACITY ITEMS   one producer, one consumer, joined at the end; prints seconds
//   blocks group TASKS            each waits for one gate; prints seconds, and bytes for each task
#include <fmt/core.h>
#include <unistd.h>

#include <asio.hpp>
#include <ctime>
#include <exception>
#include <fstream>
#include <string>

#include "13-futures/waiters.hpp"
#include "16-cancellation/task_group.hpp"
#include "17-queues/queue.hpp"

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

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  asio::io_context loop(1);
  if (argc == 4 && argv[1] == std::string("queue")) {
    asio::co_spawn(loop, pass_items(std::stoi(argv[2]), std::stoi(argv[3])), rethrow);
  } else if (argc == 3 && argv[1] == std::string("group")) {
    asio::co_spawn(loop, pass_gate_together(std::stoi(argv[2])), rethrow);
  } else {
    fmt::print(stderr, "Usage: blocks queue CAPACITY ITEMS | blocks group TASKS\n");
    return 2;
  }
  loop.run();
}
