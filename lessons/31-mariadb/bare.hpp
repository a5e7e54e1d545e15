// A connection as it is often written at first. Look at what it
// does not know when ask() is called.
#pragma once

#include <mariadb/mysql.h>

#include <asio.hpp>
#include <memory>
#include <string>

#include "address.hpp"
#include "answer.hpp"
#include "drive.hpp"
#include "handle.hpp"

namespace bare {

// The loop of drive.hpp, and no more.
template <typename Continue>
asio::awaitable<void> drive(MYSQL* handle, int waits_for,
                            Continue go_on) {
  while (waits_for != 0) {
    const int happened = co_await maria::ready(handle, waits_for);
    waits_for = go_on(happened);
  }
}

class Connection {
 public:
  explicit Connection(const maria::Address& to)
      : handle_(maria::new_handle(to)) {
    mysql_options(handle(), MYSQL_OPT_NONBLOCK, nullptr);
    if (!mysql_real_connect(handle(), maria::or_null(to.host),
                            to.user.c_str(), to.password.c_str(),
                            nullptr, to.port,
                            maria::or_null(to.socket), 0)) {
      maria::fail(handle());
    }
  }

  // The first column of the first row.
  asio::awaitable<std::string> ask(std::string sql) {
    int refused = 0;
    auto go_on_sending = [&](int happened) {
      return mysql_real_query_cont(&refused, handle(), happened);
    };
    co_await bare::drive(
        handle(),
        mysql_real_query_start(&refused, handle(), sql.data(),
                               sql.size()),
        go_on_sending);
    if (refused != 0) maria::fail(handle());
    MYSQL_RES* all = nullptr;
    auto go_on_reading = [&](int happened) {
      return mysql_store_result_cont(&all, handle(), happened);
    };
    co_await bare::drive(handle(),
                         mysql_store_result_start(&all, handle()),
                         go_on_reading);
    if (all == nullptr) maria::fail(handle());
    const std::unique_ptr<MYSQL_RES, maria::Free> rows(all);
    co_return mysql_fetch_row(all)[0];
  }

 private:
  MYSQL* handle() { return handle_.get(); }

  maria::Handle handle_;
};

}  // namespace bare
