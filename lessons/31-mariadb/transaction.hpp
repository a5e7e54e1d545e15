// All of it or nothing. Look at the three ways to end, and at
// which of them waits for the server.
#pragma once

#include <asio.hpp>
#include <exception>

#include "../15-timeouts/is_cancellation.hpp"
#include "../16-cancellation/shield.hpp"
#include "answer.hpp"
#include "connection.hpp"

namespace maria {

inline asio::awaitable<void> commit(Connection& own) {
  co_await own.execute("commit");
}

inline asio::awaitable<void> roll_back(Connection& own) {
  try {
    co_await own.execute("rollback");
  } catch (const Lost&) {  // the server has rolled back
  }
}

// Calls body(own) between "begin" and "commit". An exception
// rolls back. A cancelled task leaves the connection as it is:
// its owner must close it, which rolls back, too.
template <typename Body>
asio::awaitable<void> in_transaction(Connection& own,
                                     Body& body) {
  co_await own.execute("begin");
  std::exception_ptr failure;
  try {
    co_await body(own);
    // A "create table" commits, for instance.
    if (own.status() != Status::in_transaction) {
      throw Error("the transaction has ended before its commit");
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) {
    // Once it is asked for, we want to know.
    co_await shield(commit(own));
    co_return;
  }
  if (!is_cancellation(failure) &&
      own.status() == Status::in_transaction) {
    co_await roll_back(own);
  }
  std::rethrow_exception(failure);
}

}  // namespace maria
