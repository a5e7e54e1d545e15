// All of it or nothing. Look at the three ways to end, and at
// which of them wait for the server.
#pragma once

#include <asio.hpp>
#include <exception>
#include <utility>

#include "../15-timeouts/is_cancellation.hpp"
#include "../16-cancellation/shield.hpp"
#include "connection.hpp"

namespace pg {

// As an awaitable<void>, which is what shield() takes.
inline asio::awaitable<void> commit(Connection& own) {
  co_await own.execute("commit");
}

// Calls body(own) between "begin" and "commit". An exception
// rolls back. A cancelled task leaves the connection in the
// transaction: its owner must close it, which rolls back, too.
template <typename Body>
asio::awaitable<void> in_transaction(Connection& own,
                                     Body& body) {
  // A second "begin" is only a warning, and the first "commit"
  // or "rollback" ends them both.
  if (own.status() == PQTRANS_INTRANS) {
    throw Error("the connection is in a transaction already");
  }
  co_await own.execute("begin");
  std::exception_ptr failure;
  try {
    co_await body(own);
    // After a refused statement "commit" rolls back, and reports
    // no error.
    if (own.status() != PQTRANS_INTRANS) {
      throw Error("a statement of the transaction has failed");
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) {
    // Once the commit has been sent, we want its answer.
    co_await shield(commit(own));
    co_return;
  }
  const auto status = own.status();
  if (!is_cancellation(failure) &&
      (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)) {
    try {
      co_await own.execute("rollback");
    } catch (...) {  // the first failure counts
    }
  }
  std::rethrow_exception(failure);
}

}  // namespace pg
