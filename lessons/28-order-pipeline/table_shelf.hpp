// The shelf in a database, awaited: SQLite's, which is a file on
// this machine, or PostgreSQL's, which many machines can reach.
#pragma once

#include <asio.hpp>
#include <memory>
#include <string>
#include <utility>

#include "../29-sqlite/database.hpp"
#include "../30-postgresql/pool.hpp"
#include "packed_orders.hpp"
#include "shelf.hpp"
#include "shelf_file.hpp"

class SqliteShelf : public Shelf {
 public:
  SqliteShelf(asio::any_io_executor executor, std::string path)
      : file_(std::move(path)),
        database_(executor, file_.path()) {}

  asio::awaitable<bool> has(int number) override {
    return database_.run([number](sqlite::Connection& shelf) {
      return ::has(shelf, number);
    });
  }

  asio::awaitable<bool> put(int number) override {
    return database_.run([number](sqlite::Connection& shelf) {
      return ::put(shelf, number);
    });
  }

 private:
  ShelfFile file_;
  sqlite::Database database_;
};

class PostgresqlShelf : public Shelf {
 public:
  PostgresqlShelf(asio::any_io_executor executor,
                  std::string address)
      : pool_(executor, std::move(address), 1) {}

  asio::awaitable<bool> has(int number) override {
    return finds(packed_orders::find, number);
  }

  asio::awaitable<bool> put(int number) override {
    return finds(packed_orders::insert, number);
  }

 private:
  // If the connection is lost we ask again, although the server
  // may have done it: to put an order there twice changes
  // nothing. (But then perhaps no worker is told that it was the
  // first.)
  asio::awaitable<bool> finds(const char* sql, int number) {
    bool found = false;
    const auto ask =
        [&](pg::Connection& shelf) -> asio::awaitable<void> {
      if (!has_table_) co_await make_table(shelf);
      has_table_ = true;
      found = !(co_await shelf.query<int>(sql, number)).empty();
    };
    try {
      co_await pool_.use(ask);
      co_return found;
    } catch (const pg::Lost&) {
    }
    co_await pool_.use(ask);
    co_return found;
  }

  // If two workers do this at the same time, one of them is
  // refused, despite "if not exists". But then the table is
  // there, and a second try succeeds.
  static asio::awaitable<void> make_table(pg::Connection& shelf) {
    try {
      co_await shelf.execute(packed_orders::make_table);
      co_return;
    } catch (const pg::Lost&) {
      throw;
    } catch (const pg::Error&) {
    }
    co_await shelf.execute(packed_orders::make_table);
  }

  pg::Pool pool_;
  bool has_table_ = false;
};

inline bool is_postgresql(const std::string& shelf) {
  return shelf.starts_with("postgresql://");
}

// The loop must outlive it.
inline std::unique_ptr<Shelf> make_shelf(
    asio::any_io_executor executor, const std::string& shelf) {
  if (is_postgresql(shelf)) {
    return std::make_unique<PostgresqlShelf>(executor, shelf);
  }
  return std::make_unique<SqliteShelf>(executor, shelf);
}
