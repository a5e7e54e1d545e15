// The same with 1, 2, 5 and 10 workers. Look at the point from
// which more of them no longer help.
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

asio::awaitable<void> download(Picture picture) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(picture.time);
  co_await timer.async_wait(asio::use_awaitable);
}

// No task closes the queue: only a cancellation ends a worker.
asio::awaitable<void> work(Jobs& jobs) {
  while (const auto picture = co_await jobs.get()) {
    co_await download(*picture);
    jobs.task_done();
  }
}

asio::awaitable<void> share(int number, Jobs& jobs,
                            TaskGroup& workers) {
  for (int worker = 1; worker <= number; ++worker) {
    workers.start(work(jobs));
  }
  for (const Picture& picture : pictures) {
    co_await jobs.put(picture);
  }
  co_await jobs.join();
  workers.cancel();
}

// The queue is here because it must outlive all its users.
asio::awaitable<void> download_all(int number) {
  Jobs jobs(co_await asio::this_coro::executor, 3);
  co_await with_task_group([&](TaskGroup& workers) {
    return share(number, jobs, workers);
  });
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  for (int number : {1, 2, 5, 10}) {
    const auto start = steady_clock::now();

    asio::io_context loop;
    asio::co_spawn(loop, download_all(number), rethrow);
    loop.run();

    const Seconds elapsed = steady_clock::now() - start;
    fmt::print("Workers: {:2}  Elapsed: {:.1f}s\n", number,
               elapsed.count());
  }
}
