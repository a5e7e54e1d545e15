// An exception of a piece of work: as a value, or out of the loop.
#pragma once

#include <asio/awaitable.hpp>
#include <exception>
#include <utility>

namespace workbook {

// The exception of `work`, as a value: thrown, it would make `||` wait for the other side.
inline asio::awaitable<std::exception_ptr> caught(asio::awaitable<void> work) {
  try {
    co_await std::move(work);
  } catch (...) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

// For the end of a task that no other task awaits: its exception ends the loop's run().
// (asio::detached would lose it.)
inline void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace workbook
