// A connection whose answers are awaited. Look at where it is
// marked as busy, and at the only place that removes the mark.
#pragma once

#include <mariadb/mysql.h>
#include <poll.h>

#include <asio.hpp>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "address.hpp"
#include "answer.hpp"
#include "drive.hpp"
#include "handle.hpp"

namespace maria {

enum class Status { idle, in_transaction, busy, lost };

// For one task at a time: at most one question is under way.
class Connection {
 public:
  static asio::awaitable<std::unique_ptr<Connection>> open(
      Address address) {
    std::unique_ptr<Connection> self(
        new Connection(std::move(address)));
    const Address& to = self->address_;
    MYSQL* const handle = self->handle();
    mysql_options(handle, MYSQL_OPT_NONBLOCK, nullptr);
    MYSQL* connected = nullptr;
    auto start = [&] {
      return mysql_real_connect_start(
          &connected, handle, or_null(to.host), to.user.c_str(),
          to.password.c_str(), nullptr, to.port,
          or_null(to.socket), 0);
    };
    auto go_on = [&](int happened) {
      return mysql_real_connect_cont(&connected, handle,
                                     happened);
    };
    co_await drive(handle, start, go_on);
    if (!connected) fail(handle);
    // A TLS handshake may have left the socket in blocking mode.
    duplicate(co_await asio::this_coro::executor, handle)
        .native_non_blocking(true);
    self->id_ = mysql_thread_id(handle);
    self->status_ = Status::idle;
    co_return self;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // query<std::string, int>("select dish, portions from shelf")
  template <typename... Columns, typename... T>
  auto query(const std::string& sql, const T&... values) {
    return rows_of<Columns...>(
        ask(filled_in(handle(), sql, values...)));
  }

  // Returns how many rows it has changed.
  template <typename... T>
  auto execute(const std::string& sql, const T&... values) {
    return count_of(ask(filled_in(handle(), sql, values...)));
  }

  // Busy: a question is under way, or was given up.
  Status status() const {
    if (status_ != Status::idle) return status_;
    // Without autocommit the next statement begins a transaction.
    return in_transaction() || !has(SERVER_STATUS_AUTOCOMMIT)
               ? Status::in_transaction
               : Status::idle;
  }

  // A transaction has begun, and no question is under way.
  bool in_transaction() const {
    return status_ == Status::idle && has(SERVER_STATUS_IN_TRANS);
  }

  // Asks the server to stop what it is doing for us. The request
  // goes over a second connection, and may come too late, or not
  // at all.
  asio::awaitable<void> stop() {
    try {
      const auto second = co_await open(address_);
      co_await second->execute("kill query ?", id_);
    } catch (const Error&) {
    }
  }

  // Whether nothing has come while no task was using it. If
  // something has, it is most likely the end of the connection.
  bool is_quiet() {
    pollfd socket{mysql_get_socket(handle()), POLLIN, 0};
    return poll(&socket, 1, 0) == 0;
  }

  // The server's number for this connection.
  unsigned long id() const { return id_; }

  MYSQL* handle() { return handle_.get(); }

 private:
  // According to the server's last answer.
  bool has(unsigned int flag) const {
    unsigned int flags = 0;
    mariadb_get_infov(handle_.get(),
                      MARIADB_CONNECTION_SERVER_STATUS, &flags);
    return (flags & flag) != 0;
  }

  explicit Connection(Address address)
      : address_(std::move(address)),
        handle_(new_handle(address_)) {}

  asio::awaitable<Answer> ask(std::string sql) {
    if (status_ == Status::busy) {
      throw std::logic_error("the connection is busy");
    }
    status_ = Status::busy;
    int refused = 0;
    auto send = [&] {
      return mysql_real_query_start(&refused, handle(),
                                    sql.data(), sql.size());
    };
    auto go_on_sending = [&](int happened) {
      return mysql_real_query_cont(&refused, handle(), happened);
    };
    co_await drive(handle(), send, go_on_sending);
    MYSQL_RES* rows = nullptr;
    auto read = [&] {
      return mysql_store_result_start(&rows, handle());
    };
    auto go_on_reading = [&](int happened) {
      return mysql_store_result_cont(&rows, handle(), happened);
    };
    if (refused == 0) {
      co_await drive(handle(), read, go_on_reading);
    }
    Answer answer;
    answer.rows.reset(rows);
    end_in_order();
    if (mysql_errno(handle()) != 0) fail(handle());
    answer.changed = mysql_affected_rows(handle());
    co_return answer;
  }

  // Only if the whole answer has been read. A refusal is an
  // answer, too; a loss is not.
  void end_in_order() {
    if (is_loss(mysql_errno(handle()))) {
      status_ = Status::lost;
      fail(handle());
    }
    if (mysql_more_results(handle())) {
      throw std::logic_error("this answer has several parts");
    }
    status_ = Status::idle;
  }

  template <typename... Columns>
  static asio::awaitable<Rows<Columns...>> rows_of(
      asio::awaitable<Answer> answer) {
    co_return rows<Columns...>(co_await std::move(answer));
  }

  static asio::awaitable<std::size_t> count_of(
      asio::awaitable<Answer> answer) {
    co_return (co_await std::move(answer)).changed;
  }

  Address address_;
  Handle handle_;
  Status status_ = Status::lost;
  unsigned long id_ = 0;
};

}  // namespace maria
