// A connection to a database: a file, and SQLite's code, which
// runs on the thread that calls it. Look at what a transaction
// does when its body throws.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "statement.hpp"

namespace sqlite {

// For one thread at a time.
class Connection {
 public:
  // `patience`: how long it waits while another one writes.
  explicit Connection(const std::string& path,
                      std::chrono::milliseconds patience =
                          std::chrono::seconds(5))
      : patience_(patience) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle,
                                     SQLITE_OPEN_READWRITE |
                                         SQLITE_OPEN_CREATE |
                                         SQLITE_OPEN_NOMUTEX,
                                     nullptr);
    handle_.reset(handle);  // there is one even after a failure
    if (code != SQLITE_OK) {
      throw Error(code, path + ": " + sqlite3_errstr(code));
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_progress_handler(handle, steps_between_looks,
                             must_stop, this);
    sqlite3_busy_handler(handle, wait_for_lock, this);
    sqlite3_commit_hook(handle, note_commit, this);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  template <typename... Values>
  void execute(const std::string& sql, const Values&... values) {
    const Execution execution(next_statement(sql), values...);
    while (execution.statement.step()) {
    }
  }

  // query<std::string, int>("select dish, portions from shelf")
  template <typename... Columns, typename... Values>
  std::vector<std::tuple<Columns...>> query(
      const std::string& sql, const Values&... values) {
    const Execution execution(next_statement(sql), values...);
    std::vector<std::tuple<Columns...>> rows;
    while (execution.statement.step()) {
      rows.push_back(
          execution.statement.template row<Columns...>());
    }
    return rows;
  }

  // Calls `body`: all of its changes are made, or none.
  template <typename Body>
  auto transaction(Body body) {
    using Result = std::invoke_result_t<Body&, Connection&>;
    execute("begin immediate");
    try {
      if constexpr (std::is_void_v<Result>) {
        body(*this);
        execute("commit");
      } else {
        Result result = body(*this);
        execute("commit");
        return result;
      }
    } catch (...) {
      stop_when({});  // what follows must not be stopped
      if (in_transaction()) roll_back();
      throw;
    }
  }

  bool in_transaction() const {
    return !sqlite3_get_autocommit(handle_.get());
  }

  // From now on statements fail once this token says so: with
  // SQLITE_INTERRUPT, or SQLITE_BUSY while they wait for a lock.
  void stop_when(std::stop_token stop) {
    stop_ = std::move(stop);
  }

  sqlite3* handle() { return handle_.get(); }

 private:
  // Throws nothing: the first failure counts.
  void roll_back() {
    sqlite3_exec(handle_.get(), "rollback", nullptr, nullptr,
                 nullptr);
  }

  struct Close {
    void operator()(sqlite3* connection) const {
      sqlite3_close(connection);
    }
  };

  // Fills in the values, and resets the statement at the end,
  // even after an exception.
  struct Execution {
    template <typename... Values>
    explicit Execution(Statement& of, const Values&... values)
        : statement(of) {
      statement.fill_in(values...);
    }
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;
    ~Execution() { statement.reset(); }

    Statement& statement;
  };

  // One that was executed before is prepared already.
  Statement& next_statement(const std::string& sql) {
    committing_ = false;
    const auto before = prepared_.find(sql);
    if (before != prepared_.end()) return before->second;
    if (prepared_.size() == most_prepared) prepared_.clear();
    return prepared_.emplace(sql, Statement(handle_.get(), sql))
        .first->second;
  }

  static constexpr std::size_t most_prepared = 100;

  // A statement's steps are small: ten of them take microseconds,
  // unless one calls a slow function.
  static constexpr int steps_between_looks = 10;

  // Called by SQLite, in the middle of a statement.
  static int must_stop(void* self) {
    const auto& connection = *static_cast<Connection*>(self);
    return !connection.committing_ &&
           connection.stop_.stop_requested();
  }

  // Called by SQLite before it commits. 0: it may.
  static int note_commit(void* self) {
    static_cast<Connection*>(self)->committing_ = true;
    return 0;
  }

  // Called by SQLite while another connection writes. 0: give up.
  static int wait_for_lock(void* self, int times_before) {
    const auto& connection = *static_cast<Connection*>(self);
    constexpr std::chrono::milliseconds pause(5);
    if (connection.stop_.stop_requested() ||
        times_before * pause >= connection.patience_) {
      return 0;
    }
    std::this_thread::sleep_for(pause);
    return 1;
  }

  std::chrono::milliseconds patience_;
  std::stop_token stop_;
  bool committing_ = false;  // then it is too late to stop
  std::unique_ptr<sqlite3, Close> handle_;
  std::map<std::string, Statement> prepared_;  // destroyed first
};

}  // namespace sqlite
