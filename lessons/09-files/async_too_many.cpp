// Like async.cpp, but with a task for each photo, which opens
// its file before the pool has time for it. Look at what is
// missing.
#include <fmt/core.h>
#include <sys/resource.h>

#include <asio.hpp>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <fstream>
#include <ios>
#include <string>
#include <system_error>
#include <utility>

#include "photos.hpp"
#include "progress.hpp"

asio::awaitable<void> write_to(std::ofstream& file,
                               const std::string& bytes) {
  file.write(bytes.data(), bytes.size());
  if (!file.flush()) throw std::system_error(last_error());
  co_return;
}

asio::awaitable<void> save_photo(asio::thread_pool& pool,
                                 const TemporaryFolder& folder,
                                 int number, Progress& done,
                                 std::error_code& refused) {
  std::ofstream file(folder.photo(number), std::ios::binary);
  if (!file) {
    refused = last_error();
    co_return;
  }
  const std::string bytes = photo(number);
  auto task = write_to(file, bytes);
  co_await asio::co_spawn(pool, std::move(task),
                          asio::use_awaitable);
  done.add(bytes.size());
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  // The usual limit is 1024. Here it is 100, so 300 is too many.
  const rlimit open_files{100, 100};
  setrlimit(RLIMIT_NOFILE, &open_files);
  try {
    const TemporaryFolder folder;
    Progress saved;
    std::error_code refused;

    asio::io_context loop;
    asio::thread_pool pool(4);
    for (int number = 0; number < photo_count; ++number) {
      auto task =
          save_photo(pool, folder, number, saved, refused);
      asio::co_spawn(loop, std::move(task), rethrow);
    }
    loop.run();
    if (saved.files == photo_count) {
      saved.print("Wrote");
    } else {
      fmt::print("Photos are missing: {}\n", refused.message());
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
