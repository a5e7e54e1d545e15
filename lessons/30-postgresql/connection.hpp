// libpq's half that does not block, joined to a loop. Look at
// the three functions that wait, and at what each waits for.
#pragma once

#include <poll.h>
#include <postgresql/libpq-fe.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "answer.hpp"
#include "cancel.hpp"
#include "descriptor.hpp"

namespace pg {

// A statement that the server has parsed for this connection.
struct Prepared {
  std::string name;
};

// For one task at a time: it has one question under way.
class Connection {
 public:
  static asio::awaitable<std::unique_ptr<Connection>> open(
      std::string address) {
    std::unique_ptr<Connection> self(
        new Connection(PQconnectStart(address.c_str())));
    PGconn* const handle = self->handle();
    if (PQstatus(handle) == CONNECTION_BAD) self->fail();
    auto step = PGRES_POLLING_WRITING;
    while (step != PGRES_POLLING_OK) {
      co_await ready(PQsocket(handle), step);
      step = PQconnectPoll(handle);
      if (step == PGRES_POLLING_FAILED) self->fail();
    }
    PQsetnonblocking(handle, 1);
    self->socket_ = duplicate(co_await asio::this_coro::executor,
                              PQsocket(handle));
    co_return self;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // query<std::string, int>("select dish, portions from shelf")
  template <typename... Columns, typename... T>
  auto query(std::string sql, const T&... values) {
    return rows_of<Columns...>(
        ask(std::move(sql), Values(values...)));
  }
  template <typename... Columns, typename... T>
  auto query(Prepared statement, const T&... values) {
    return rows_of<Columns...>(
        ask(std::move(statement), Values(values...)));
  }

  // Returns how many rows it has changed, or found if it is a
  // select.
  template <typename... T>
  auto execute(std::string sql, const T&... values) {
    return count_of(ask(std::move(sql), Values(values...)));
  }
  template <typename... T>
  auto execute(Prepared statement, const T&... values) {
    return count_of(ask(std::move(statement), Values(values...)));
  }

  asio::awaitable<Prepared> prepare(std::string sql) {
    Prepared statement{"s" + std::to_string(++prepared_)};
    must(PQsendPrepare(handle(), statement.name.c_str(),
                       sql.c_str(), 0, nullptr));
    co_await flush();
    co_await answer();
    co_return statement;
  }

  // In a pipeline: one trip for all of them. And one transaction:
  // if one fails, none of them is done.
  asio::awaitable<void> execute_all(Prepared statement,
                                    std::vector<Values> many) {
    must(PQenterPipelineMode(handle()));
    for (const Values& values : many) send(statement, values);
    must(PQpipelineSync(handle()));
    co_await flush();
    std::optional<Error> first;
    for (;;) {
      const Result result = co_await next_result();
      if (PQstatus(handle()) == CONNECTION_BAD) fail();
      if (!result) continue;  // between two statements
      const auto status = PQresultStatus(result.get());
      if (status == PGRES_PIPELINE_SYNC) break;
      if (status == PGRES_FATAL_ERROR && !first) {
        first = error_of(result.get());
      }
    }
    must(PQexitPipelineMode(handle()));
    if (first) throw Error(*first);
  }

  // COPY … FROM STDIN. `next()` returns the values of a row, or
  // std::nullopt after the last one. Returns how many there were.
  template <typename Next>
  asio::awaitable<std::size_t> copy(std::string sql, Next next) {
    must(PQsendQuery(handle(), sql.c_str()));
    co_await flush();
    Result begun = co_await next_result();
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) {
      co_await answer(std::move(begun));
      throw Error("this is not a COPY from stdin");
    }
    while (const std::optional<Values> row = next()) {
      const std::string line = row->line();
      must(put(line));
      if (PQflush(handle()) != 0) co_await flush();
    }
    must(PQputCopyEnd(handle(), nullptr) == 1);
    co_await flush();
    const Result done = co_await answer();
    co_return changed(done.get());
  }

  // Waits for the next NOTIFY on a channel that we LISTEN to.
  // Returns what it says.
  asio::awaitable<std::string> notification() {
    for (;;) {
      const std::unique_ptr<PGnotify, decltype(&PQfreemem)> said(
          PQnotifies(handle()), PQfreemem);
      if (said) co_return said->extra;
      co_await more_input();
    }
  }

  // Asks the server to stop what it is doing for us.
  asio::awaitable<void> cancel() {
    return request_cancel(handle());
  }

  // idle, in a transaction, in one that has failed, active (a
  // question is under way), or unknown: the connection is lost.
  PGTransactionStatusType status() const {
    return PQtransactionStatus(handle_.get());
  }

  // Whether nothing has come while no task was using it. If
  // something has, it is most likely the end of the connection.
  bool is_quiet() {
    pollfd socket{PQsocket(handle()), POLLIN, 0};
    return poll(&socket, 1, 0) == 0;
  }

  PGconn* handle() { return handle_.get(); }

  // Waits until libpq has sent all that it was given, and reads
  // at the same time: a server whose answers we do not take stops
  // taking our questions.
  asio::awaitable<void> flush() {
    using namespace asio::experimental::awaitable_operators;
    for (;;) {
      const int left = PQflush(handle());
      if (left < 0) fail();
      if (left == 0) co_return;
      co_await (wait(Descriptor::wait_read) ||
                wait(Descriptor::wait_write));
      must(PQconsumeInput(handle()));
    }
  }

  // The next result of what was asked; empty after the last one.
  asio::awaitable<Result> next_result() {
    while (PQisBusy(handle())) co_await more_input();
    co_return Result(PQgetResult(handle()));
  }

 private:
  struct Finish {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };

  explicit Connection(PGconn* handle) : handle_(handle) {
    // By default the server's warnings go to our stderr.
    PQsetNoticeProcessor(
        handle, [](void*, const char*) {}, nullptr);
  }

  template <typename Statement>
  asio::awaitable<Result> ask(Statement statement,
                              Values values) {
    send(statement, values);
    co_await flush();
    co_return co_await answer();
  }

  template <typename... Columns>
  static asio::awaitable<Rows<Columns...>> rows_of(
      asio::awaitable<Result> answer) {
    const Result result = co_await std::move(answer);
    co_return rows<Columns...>(result.get());
  }

  static asio::awaitable<std::size_t> count_of(
      asio::awaitable<Result> answer) {
    const Result result = co_await std::move(answer);
    co_return changed(result.get());
  }

  void send(const std::string& sql, const Values& values) {
    must(PQsendQueryParams(handle(), sql.c_str(), values.count(),
                           nullptr, values.pointers().data(),
                           nullptr, nullptr, 0));
  }
  void send(const Prepared& statement, const Values& values) {
    must(PQsendQueryPrepared(
        handle(), statement.name.c_str(), values.count(),
        values.pointers().data(), nullptr, nullptr, 0));
  }

  bool put(const std::string& line) {
    return PQputCopyData(handle(), line.data(),
                         static_cast<int>(line.size())) == 1;
  }

  // The connection is free again when libpq has no further
  // result, even after an error.
  asio::awaitable<Result> answer(Result last = Result()) {
    for (;;) {
      Result result = co_await next_result();
      if (!result) break;
      last = std::move(result);
      const auto status = PQresultStatus(last.get());
      if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
        throw Error(
            "this is a COPY: only copy() can do it, from stdin");
      }
    }
    const auto status = PQresultStatus(last.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      co_return last;
    }
    if (PQstatus(handle()) == CONNECTION_BAD) fail();
    throw error_of(last.get());
  }

  asio::awaitable<void> more_input() {
    co_await wait(Descriptor::wait_read);
    must(PQconsumeInput(handle()));
  }

  asio::awaitable<void> wait(Descriptor::wait_type what) {
    return socket_->async_wait(what, asio::use_awaitable);
  }

  void must(int success) {
    if (!success) fail();
  }

  [[noreturn]] void fail() {
    const auto why = without_newline(PQerrorMessage(handle()));
    if (PQstatus(handle()) == CONNECTION_BAD) throw Lost(why);
    throw Error(why);
  }

  std::unique_ptr<PGconn, Finish> handle_;
  std::optional<Descriptor> socket_;
  // Shared, so that a statement of one connection means nothing
  // to another.
  static inline std::atomic<int> prepared_ = 0;
};

}  // namespace pg
