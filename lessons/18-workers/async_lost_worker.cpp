// A trap: an exception from a job is neither caught nor
// reported. Look at what join() waits for.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>

#include "../15-timeouts/wait_for.hpp"
#include "../17-queues/queue.hpp"
#include "pictures.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Jobs = Queue<Picture>;

struct NotThere : std::runtime_error {
  NotThere() : std::runtime_error("there is no such picture") {}
};

asio::awaitable<void> download(Picture picture) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(picture.time);
  co_await timer.async_wait(asio::use_awaitable);
  if (picture.name == "market") throw NotThere();
}

asio::awaitable<void> work(int worker, Jobs& jobs) {
  while (auto picture = co_await jobs.get()) {
    co_await download(*picture);
    fmt::print("Worker {}: {}\n", worker, picture->name);
    jobs.task_done();
  }
}

asio::awaitable<void> download_all(Jobs& jobs) {
  auto executor = co_await asio::this_coro::executor;
  asio::co_spawn(executor, work(1, jobs), asio::detached);
  asio::co_spawn(executor, work(2, jobs), asio::detached);
  for (const Picture& picture : pictures) {
    co_await jobs.put(picture);
  }
  try {
    co_await wait_for(jobs.join(), 10s);
  } catch (const TimedOut&) {
    fmt::print("Waited 10s for join(), in vain\n");
  }
  jobs.close();
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Jobs jobs(loop.get_executor(), 3);
  asio::co_spawn(loop, download_all(jobs), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
