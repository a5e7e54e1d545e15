// 300 photos are saved and read back by calls that block the
// loop's thread. Look at what happens to the ticker.
#include <fmt/core.h>

#include <asio.hpp>
#include <cstdio>
#include <exception>

#include "photos.hpp"
#include "progress.hpp"

asio::awaitable<void> work(Call call,
                           const TemporaryFolder& folder,
                           Progress& done) {
  while (done.started < photo_count) {
    done.add(call(folder, done.started++));
  }
  co_return;
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
    asio::co_spawn(loop, work(save, folder, saved), rethrow);
    asio::co_spawn(loop, tick(saved), rethrow);
    loop.run();
    saved.print("Wrote");

    loop.restart();
    asio::co_spawn(loop, work(load, folder, loaded), rethrow);
    loop.run();
    loaded.print("Read");
    fmt::print("ticks while writing: {}\n",
               saved.ticks > 0 ? "some" : "none");
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
