// libmariadb's calls as coroutines. Look at the loop in drive():
// it is the whole bridge between two kinds of coroutine.
#pragma once

#include <fcntl.h>
#include <mariadb/mysql.h>
#include <sys/socket.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace maria {

using Descriptor = asio::posix::stream_descriptor;

// The descriptor of a connection belongs to libmariadb, and may
// change at each step of connecting. So each wait has a
// duplicate.
inline Descriptor duplicate(asio::any_io_executor executor,
                            MYSQL* handle) {
  const int copy =
      fcntl(mysql_get_socket(handle), F_DUPFD_CLOEXEC, 0);
  if (copy == -1) {
    throw std::system_error(errno, std::generic_category(),
                            "no descriptor for a connection");
  }
  return Descriptor(executor, copy);
}

// Takes what libmariadb waits for, and returns what has happened.
inline asio::awaitable<int> ready(MYSQL* handle, int waits_for) {
  using namespace asio::experimental::awaitable_operators;
  const auto executor = co_await asio::this_coro::executor;
  Descriptor socket = duplicate(executor, handle);
  const bool write = (waits_for & MYSQL_WAIT_WRITE) != 0;
  const auto what =
      write ? Descriptor::wait_write : Descriptor::wait_read;
  const int happens = write ? MYSQL_WAIT_WRITE : MYSQL_WAIT_READ;
  if ((waits_for & MYSQL_WAIT_TIMEOUT) == 0) {
    co_await socket.async_wait(what, asio::use_awaitable);
    co_return happens;
  }
  const auto limit = mysql_get_timeout_value_ms(handle);
  asio::steady_timer late(executor,
                          std::chrono::milliseconds(limit));
  const auto first =
      co_await (socket.async_wait(what, asio::use_awaitable) ||
                late.async_wait(asio::use_awaitable));
  co_return first.index() == 0 ? happens : MYSQL_WAIT_TIMEOUT;
}

// A call that is given up has a stack, which holds memory. The
// call is run to its end, which is near, because its socket is
// shut down.
template <typename Continue>
struct Remainder {
  MYSQL* handle;
  int& waits_for;
  Continue& go_on;

  ~Remainder() {
    while (waits_for != 0) {
      shutdown(mysql_get_socket(handle), SHUT_RDWR);
      waits_for = go_on(MYSQL_WAIT_TIMEOUT);
    }
  }
};

// `start` begins a call, and `go_on` continues it. Both return
// what it waits for; 0 when it is done.
template <typename Start, typename Continue>
asio::awaitable<void> drive(MYSQL* handle, Start start,
                            Continue go_on) {
  int waits_for = start();
  const Remainder<Continue> end{handle, waits_for, go_on};
  while (waits_for != 0) {
    const int happened = co_await ready(handle, waits_for);
    waits_for = go_on(happened);
  }
}

}  // namespace maria
