// A connection for the thread that waits. Look at which functions
// wait for the server.
#pragma once

#include <mariadb/mysql.h>

#include <cstddef>
#include <string>

#include "address.hpp"
#include "answer.hpp"
#include "handle.hpp"

namespace maria {

class BlockingConnection {
 public:
  explicit BlockingConnection(const Address& address)
      : handle_(new_handle(address)) {
    if (!mysql_real_connect(
            handle_.get(), or_null(address.host),
            address.user.c_str(), address.password.c_str(),
            nullptr, address.port, or_null(address.socket), 0)) {
      fail(handle_.get());
    }
  }

  // query<std::string, int>("select dish, portions from shelf")
  template <typename... Columns, typename... T>
  Rows<Columns...> query(const std::string& sql,
                         const T&... values) {
    return rows<Columns...>(
        ask(filled_in(handle_.get(), sql, values...)));
  }

  // Returns how many rows it has changed.
  template <typename... T>
  std::size_t execute(const std::string& sql,
                      const T&... values) {
    return ask(filled_in(handle_.get(), sql, values...)).changed;
  }

  template <typename Body>
  void transaction(Body body) {
    // A second "begin" commits what was done before it.
    if (in_transaction()) {
      throw Error("the connection is in a transaction already");
    }
    execute("begin");
    try {
      body(*this);
      // A "create table" commits, for instance. A refusal may
      // roll back, but only the next answer says so.
      if (mysql_errno(handle_.get()) != 0) execute("do 0");
      if (!in_transaction()) {
        throw Error(
            "the transaction has ended before its commit");
      }
    } catch (...) {
      roll_back();
      throw;
    }
    execute("commit");
  }

 private:
  bool in_transaction() const {
    unsigned int flags = 0;
    mariadb_get_infov(handle_.get(),
                      MARIADB_CONNECTION_SERVER_STATUS, &flags);
    return (flags & SERVER_STATUS_IN_TRANS) != 0;
  }

  // Throws nothing: the first failure counts. If the connection
  // is lost, the server rolls back.
  void roll_back() {
    mysql_real_query(handle_.get(), "rollback", 8);
  }

  Answer ask(const std::string& sql) {
    MYSQL* const handle = handle_.get();
    if (mysql_real_query(handle, sql.data(), sql.size()) != 0) {
      fail(handle);
    }
    Answer answer;
    answer.rows.reset(mysql_store_result(handle));
    if (mysql_errno(handle) != 0) fail(handle);
    answer.changed = mysql_affected_rows(handle);
    return answer;
  }

  Handle handle_;
};

}  // namespace maria
