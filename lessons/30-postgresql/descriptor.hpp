// A descriptor that belongs to a C library, for a loop to watch.
// Look at whose number it is.
#pragma once

#include <fcntl.h>
#include <postgresql/libpq-fe.h>

#include <asio.hpp>
#include <cerrno>
#include <system_error>

namespace pg {

using Descriptor = asio::posix::stream_descriptor;

// A duplicate, which is ours. libpq closes its own whenever it
// has lost the server, and then that number may be given to
// another connection.
inline Descriptor duplicate(asio::any_io_executor executor,
                            int descriptor) {
  const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy == -1) {
    throw std::system_error(errno, std::generic_category(),
                            "no descriptor for a connection");
  }
  return Descriptor(executor, copy);
}

// While it connects, libpq may change to another socket at each
// step.
inline asio::awaitable<void> ready(
    int descriptor, PostgresPollingStatusType what) {
  auto socket =
      duplicate(co_await asio::this_coro::executor, descriptor);
  co_await socket.async_wait(what == PGRES_POLLING_READING
                                 ? Descriptor::wait_read
                                 : Descriptor::wait_write,
                             asio::use_awaitable);
}

}  // namespace pg
