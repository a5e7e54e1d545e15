// 300 photos are saved and read back by calls that block the
// threads of a pool. Look at what happens to the ticker.
#include <fmt/core.h>

#include <asio.hpp>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <utility>

#include "photos.hpp"
#include "progress.hpp"

// The call as a task, which can run elsewhere.
asio::awaitable<std::size_t> task_of(
    Call call, const TemporaryFolder& folder, int number) {
  co_return call(folder, number);
}

asio::awaitable<void> work(asio::thread_pool& pool, Call call,
                           const TemporaryFolder& folder,
                           Progress& done) {
  while (done.started < photo_count) {
    auto task = task_of(call, folder, done.started++);
    done.add(co_await asio::co_spawn(pool, std::move(task),
                                     asio::use_awaitable));
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  try {
    const TemporaryFolder folder;
    Progress saved, loaded;

    asio::io_context loop;
    asio::thread_pool pool(4);
    for (int i = 0; i < 4; ++i) {
      auto task = work(pool, save, folder, saved);
      asio::co_spawn(loop, std::move(task), rethrow);
    }
    asio::co_spawn(loop, tick(saved), rethrow);
    loop.run();
    saved.print("Wrote");

    loop.restart();
    for (int i = 0; i < 4; ++i) {
      auto task = work(pool, load, folder, loaded);
      asio::co_spawn(loop, std::move(task), rethrow);
    }
    loop.run();
    loaded.print("Read");
    fmt::print("ticks while writing: {}\n",
               saved.ticks > 0 ? "some" : "none");
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
