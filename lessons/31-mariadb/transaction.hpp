// All of it or nothing. Look at the three ways to end, and at
// which of them wait for the server.
#pragma once

#include <mariadb/mysql.h>

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

// Calls body(own) between "begin" and "commit". An exception
// rolls back. A cancelled task leaves the connection as it is:
// its owner must close it, which rolls back, too.
template <typename Body>
asio::awaitable<void> in_transaction(Connection& own,
                                     Body& body) {
  // A second "begin" commits what was done before it.
  if (own.in_transaction()) {
    throw Error("the connection is in a transaction already");
  }
  co_await own.execute("begin");
  std::exception_ptr failure;
  try {
    co_await body(own);
    // A "create table" commits, for instance. A refusal may roll
    // back, but only the next answer says so.
    if (own.in_transaction() && mysql_errno(own.handle()) != 0) {
      co_await own.execute("do 0");
    }
    if (!own.in_transaction()) {
      throw Error("the transaction has ended before its commit");
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) {
    // Once the commit has been sent, we want its answer.
    co_await shield(commit(own));
    co_return;
  }
  if (!is_cancellation(failure) && own.in_transaction()) {
    try {
      co_await own.execute("rollback");
    } catch (...) {  // the first failure counts
    }
  }
  std::rethrow_exception(failure);
}

}  // namespace maria
