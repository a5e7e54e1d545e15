// The calls of photos.hpp again, for io_uring: while it writes or
// reads, the task waits, but none of our threads does.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <cstddef>
#include <cstdio>
#include <string>
#include <system_error>

#include "photos.hpp"
#include "temporary_folder.hpp"

// Containers often forbid io_uring, and old kernels lack it.
inline bool has_uring() {
  try {
    asio::io_context loop;
    asio::stream_file probe(loop);
    return true;
  } catch (const std::system_error& error) {
    fmt::print(stderr,
               "No io_uring ({}): a thread pool does the work.\n",
               error.code().message());
    return false;
  }
}

inline asio::awaitable<std::size_t> save_uring(
    const TemporaryFolder& folder, int number) {
  stop_if_interrupted();
  const auto path = folder.photo(number);
  const std::string bytes = photo(number);
  std::error_code error;
  asio::random_access_file file(
      co_await asio::this_coro::executor);
  file.open(path, file.write_only | file.create, error);
  if (!error) {
    co_await asio::async_write_at(
        file, 0, asio::buffer(bytes),
        asio::redirect_error(asio::use_awaitable, error));
  }
  if (!error) file.close(error);
  if (error) throw failure("write", path, error);
  co_return bytes.size();
}

inline asio::awaitable<std::size_t> load_uring(
    const TemporaryFolder& folder, int number) {
  stop_if_interrupted();
  const auto path = folder.photo(number);
  std::string bytes(photo_size + 1, '\0');  // one byte too many
  std::error_code error;
  asio::stream_file file(co_await asio::this_coro::executor);
  file.open(path, file.read_only, error);
  std::size_t size = 0;
  if (!error) {
    size = co_await asio::async_read(
        file, asio::buffer(bytes),
        asio::redirect_error(asio::use_awaitable, error));
  }
  if (error && error != asio::error::eof) {
    throw failure("read", path, error);
  }
  bytes.resize(size);
  check_photo(bytes, number);
  co_return size;
}
