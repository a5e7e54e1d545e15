// A connection with its own thread. Look at what waits for what:
// a task for its turn, and then for its job.
#pragma once

#include <asio.hpp>
#include <chrono>
#include <concepts>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include "../19-synchronisation/lock.hpp"
#include "../20-cpu-bound/run_on.hpp"
#include "connection.hpp"

namespace sqlite {

// For the tasks of one loop. It must be destroyed before the
// loop is: declare it in main, after the loop, not in a task.
class Database {
 public:
  Database(asio::any_io_executor executor, std::string path,
           std::chrono::milliseconds patience =
               std::chrono::seconds(5))
      : path_(std::move(path)),
        patience_(patience),
        turn_(executor) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Calls job(connection) on the thread, when its turn has come.
  // If the task is cancelled, a job that is still waiting is
  // never begun; one that runs is stopped, and awaited all the
  // same.
  template <typename Job>
  asio::awaitable<std::invoke_result_t<Job&, Connection&>> run(
      Job job) {
    const Lock::Guard turn = co_await turn_.acquire();
    if (closed_) throw Error(SQLITE_MISUSE, path_ + ": closed");
    auto work = [this, job = std::move(job)](
                    std::stop_token stop) mutable {
      return perform(job, stop);
    };
    co_return co_await run_on(thread_, std::move(work));
  }

  // A transaction is one job: no other job can get in between.
  template <typename Body>
  auto transaction(Body body) {
    return run([body = std::move(body)](Connection& connection) {
      return connection.transaction(body);
    });
  }

  template <typename... Values>
  asio::awaitable<void> execute(std::string_view sql,
                                const Values&... values) {
    return run(
        [sql = std::string(sql),
         ... values = kept(values)](Connection& connection) {
          connection.execute(sql, values...);
        });
  }

  template <typename... Columns, typename... Values>
  auto query(std::string_view sql, const Values&... values) {
    return run(
        [sql = std::string(sql),
         ... values = kept(values)](Connection& connection) {
          return connection.query<Columns...>(sql, values...);
        });
  }

  // Closing may write to the file, so it waits for its turn, and
  // is done on the thread. Jobs that come later fail.
  asio::awaitable<void> close() {
    const Lock::Guard turn = co_await turn_.acquire();
    closed_ = true;
    auto work = [this] { connection_.reset(); };
    co_await run_on(thread_, work);
  }

 private:
  // On the thread, like everything that touches the connection.
  template <typename Job>
  std::invoke_result_t<Job&, Connection&> perform(
      Job& job, const std::stop_token& stop) {
    if (stop.stop_requested()) throw cancelled();
    if (!connection_) connection_.emplace(path_, patience_);
    connection_->stop_when(stop);
    try {
      return job(*connection_);
    } catch (const Error& error) {
      const int kind = error.code & 0xff;
      const bool given_up =
          kind == SQLITE_INTERRUPT || kind == SQLITE_BUSY;
      if (given_up && stop.stop_requested()) throw cancelled();
      throw;
    }
  }

  // What every operation of Asio throws when it is cancelled.
  static std::system_error cancelled() {
    return std::system_error(
        make_error_code(asio::error::operation_aborted));
  }

  // A copy that owns its text.
  template <typename Value>
  static auto kept(const Value& value) {
    if constexpr (std::convertible_to<const Value&,
                                      std::string_view>) {
      return std::string(std::string_view(value));
    } else {
      return value;
    }
  }

  std::string path_;
  std::chrono::milliseconds patience_;
  Lock turn_;
  bool closed_ = false;
  std::optional<Connection> connection_;
  asio::thread_pool thread_{1};  // destroyed first
};

}  // namespace sqlite
