// Two workers share ten pictures. Look at which of them takes
// the next one, and at what ends the workers.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "../16-cancellation/task_group.hpp"
#include "../17-queues/queue.hpp"
#include "pictures.hpp"

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Jobs = Queue<Picture>;

asio::awaitable<void> download(Picture picture, int worker) {
  fmt::print("Start {} (worker {})\n", picture.name, worker);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(picture.time);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("End {} (worker {})\n", picture.name, worker);
}

// No task closes the queue: only a cancellation ends a worker.
asio::awaitable<void> work(int worker, Jobs& jobs) {
  while (const auto picture = co_await jobs.get()) {
    co_await download(*picture, worker);
    jobs.task_done();
  }
}

asio::awaitable<void> share(Jobs& jobs, TaskGroup& workers) {
  workers.start(work(1, jobs));
  workers.start(work(2, jobs));
  for (const Picture& picture : pictures) {
    co_await jobs.put(picture);
  }
  co_await jobs.join();
  workers.cancel();
}

// The queue is here because it must outlive all its users.
asio::awaitable<void> download_all() {
  Jobs jobs(co_await asio::this_coro::executor, 3);
  co_await with_task_group(
      [&](TaskGroup& workers) { return share(jobs, workers); });
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, download_all(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
