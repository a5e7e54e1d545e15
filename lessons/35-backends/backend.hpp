// Which backend Asio was compiled for. Asio itself decides by
// these macros.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <cstdio>
#include <exception>
#include <string_view>

inline constexpr std::string_view backend =
#if defined(ASIO_HAS_IO_URING_AS_DEFAULT)
    "io_uring";
#elif defined(ASIO_HAS_EPOLL)
    "epoll";
#else
    "select";
#endif

// The exit status. It is no failure of the program if the kernel
// forbids io_uring, as many containers do.
inline int complain(const std::exception& error) {
  const std::string_view what = error.what();
  const bool refused = what.starts_with("io_uring_queue_init");
  fmt::print(stderr, "{}{}.\n", refused ? "No io_uring: " : "",
             what);
  return refused ? 0 : 1;
}
