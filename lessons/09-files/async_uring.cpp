// 300 photos are saved and read back by the kernel's io_uring,
// or by a pool where that is refused. Look at what waits. Built
// with -DASIO_HAS_IO_URING.
#include <fmt/core.h>

#include <asio.hpp>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "photos.hpp"
#include "photos_uring.hpp"
#include "progress.hpp"

// The call as a task, which can run elsewhere.
asio::awaitable<std::size_t> task_of(
    Call call, const TemporaryFolder& folder, int number) {
  co_return call(folder, number);
}

asio::awaitable<std::size_t> on_pool(
    asio::thread_pool& pool, Call call,
    const TemporaryFolder& folder, int number) {
  auto task = task_of(call, folder, number);
  co_return co_await asio::co_spawn(pool, std::move(task),
                                    asio::use_awaitable);
}

using Transfer =
    std::function<asio::awaitable<std::size_t>(int number)>;

asio::awaitable<void> work(Transfer transfer, Progress& done) {
  while (done.started < photo_count) {
    auto task = transfer(done.started++);
    done.add(co_await std::move(task));
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
    std::optional<asio::thread_pool> pool;
    if (!has_uring()) pool.emplace(4);

    const Transfer save_one = [&](int number) {
      return pool ? on_pool(*pool, save, folder, number)
                  : save_uring(folder, number);
    };
    for (int i = 0; i < 4; ++i) {
      asio::co_spawn(loop, work(save_one, saved), rethrow);
    }
    asio::co_spawn(loop, tick(saved), rethrow);
    loop.run();
    saved.print("Wrote");

    loop.restart();
    const Transfer load_one = [&](int number) {
      return pool ? on_pool(*pool, load, folder, number)
                  : load_uring(folder, number);
    };
    for (int i = 0; i < 4; ++i) {
      asio::co_spawn(loop, work(load_one, loaded), rethrow);
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
