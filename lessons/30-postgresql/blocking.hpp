// A connection for a thread that waits. Look at how little there
// is to it: libpq itself does the waiting.
#pragma once

#include <postgresql/libpq-fe.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "answer.hpp"

namespace pg {

class BlockingConnection {
 public:
  explicit BlockingConnection(const std::string& address)
      : handle_(PQconnectdb(address.c_str())) {
    if (PQstatus(handle_.get()) != CONNECTION_OK) {
      throw Lost(without_newline(PQerrorMessage(handle_.get())));
    }
    PQsetNoticeProcessor(
        handle_.get(), [](void*, const char*) {}, nullptr);
  }

  // query<std::string, int>("select dish, portions from shelf")
  template <typename... Columns, typename... T>
  Rows<Columns...> query(const std::string& sql,
                         const T&... values) {
    return rows<Columns...>(ask(sql, Values(values...)).get());
  }

  // Returns how many rows it has changed, or found if it is a
  // select.
  template <typename... T>
  std::size_t execute(const std::string& sql,
                      const T&... values) {
    return changed(ask(sql, Values(values...)).get());
  }

  template <typename Body>
  void transaction(Body body) {
    // A second "begin" is only a warning.
    if (status() == PQTRANS_INTRANS) {
      throw Error("the connection is in a transaction already");
    }
    execute("begin");
    try {
      body(*this);
      // After a refused statement "commit" rolls back, and
      // reports no error.
      if (status() != PQTRANS_INTRANS) {
        throw Error("a statement of the transaction has failed");
      }
    } catch (...) {
      roll_back();
      throw;
    }
    execute("commit");
  }

 private:
  struct Finish {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };

  PGTransactionStatusType status() const {
    return PQtransactionStatus(handle_.get());
  }

  // Throws nothing: the first failure counts. If the connection
  // is lost, the server rolls back.
  void roll_back() {
    const Result ignored(PQexec(handle_.get(), "rollback"));
  }

  Result ask(const std::string& sql, const Values& values) {
    Result result(PQexecParams(
        handle_.get(), sql.c_str(), values.count(), nullptr,
        values.pointers().data(), nullptr, nullptr, 0));
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      return result;
    }
    const Error error = error_of(result.get());
    if (PQstatus(handle_.get()) == CONNECTION_BAD) {
      throw Lost(error.what(), error.state);
    }
    throw error;
  }

  std::unique_ptr<PGconn, Finish> handle_;
};

}  // namespace pg
