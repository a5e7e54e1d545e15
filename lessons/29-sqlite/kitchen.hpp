// The kitchen's file: what is on the shelf, and what was ordered.
// Look at the rule that the shelf keeps.
#pragma once

#include <fmt/core.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <asio.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include "connection.hpp"
#include "order.hpp"

inline asio::awaitable<void> after(
    std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// Stands for a table on a slow disk: every row takes 0.1 s. In
// the meantime the thread sleeps, as it would for a disk.
inline void from_disk(sqlite3_context* context, int,
                      sqlite3_value** values) {
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  sqlite3_result_value(context, values[0]);
}

inline constexpr const char* report =
    "select count(from_disk(number)) from orders";

// SQLite calls this for every connection that is opened.
inline int add_from_disk(sqlite3* connection, char**,
                         const sqlite3_api_routines*) {
  return sqlite3_create_function(connection, "from_disk", 1,
                                 SQLITE_UTF8, nullptr, from_disk,
                                 nullptr, nullptr);
}

// In a private folder, because there will be three files: the
// tables, the log of changes, and what connections share.
class KitchenFile {
 public:
  KitchenFile() {
    sqlite3_auto_extension(
        reinterpret_cast<void (*)()>(add_from_disk));
    const char* chosen = std::getenv("TMPDIR");
    std::string name = chosen ? chosen : "/tmp";
    name += "/kitchen.XXXXXX";
    if (!mkdtemp(name.data())) {
      throw std::system_error(errno, std::generic_category(),
                              name);
    }
    folder_ = name;
    sqlite::Connection kitchen(path());
    // A new file need not wait for the disk: nothing can be lost.
    kitchen.execute("pragma synchronous = off");
    kitchen.execute("pragma journal_mode = wal");
    kitchen.transaction(fill);
  }
  KitchenFile(const KitchenFile&) = delete;
  KitchenFile& operator=(const KitchenFile&) = delete;
  ~KitchenFile() {
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
  }

  std::string path() const { return folder_ / "kitchen.db"; }

 private:
  static void fill(sqlite::Connection& kitchen) {
    kitchen.execute(
        "create table shelf (dish text primary key,"
        " portions integer check (portions >= 0))");
    kitchen.execute(
        "create table orders (number integer primary key,"
        " guest text, dish text)");
    kitchen.execute("insert into shelf values ('soup', 22)");
    kitchen.execute("insert into shelf values ('bread', 1000)");
    const Booking early{"an early guest", "soup"};
    for (int i = 0; i < 12; ++i) early(kitchen);
  }

  std::filesystem::path folder_;
};
