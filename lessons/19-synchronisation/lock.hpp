// A lock is a semaphore with one permit. Look at what takes the
// place of Python's `async with`.
#pragma once

#include <asio.hpp>

#include "semaphore.hpp"

// A handle: its copies are the same lock.
class Lock {
 public:
  using Guard = Semaphore::Permit;

  explicit Lock(asio::any_io_executor executor)
      : only_one_(executor, 1) {}

  // const auto guard = co_await lock.acquire();
  asio::awaitable<Guard> acquire() const {
    return only_one_.acquire();
  }

  bool locked() const { return only_one_.free() == 0; }

 private:
  Semaphore only_one_;
};
