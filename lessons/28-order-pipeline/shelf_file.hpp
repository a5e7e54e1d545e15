// The shelf as a table in an SQLite file, for a thread that
// waits. Look at who removes the file.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include "../29-sqlite/connection.hpp"
#include "packed_orders.hpp"

// Without a path it makes a file that it removes at its end.
class ShelfFile {
 public:
  explicit ShelfFile(const std::filesystem::path& path = {})
      : is_ours_(path.empty()),
        path_(is_ours_ ? make_folder() / "shelf.db" : path) {
    sqlite::Connection shelf(path_);
    shelf.execute("pragma journal_mode = wal");
    shelf.execute(packed_orders::make_table);
  }
  ~ShelfFile() {
    std::error_code unused;
    if (is_ours_) {
      std::filesystem::remove_all(path_.parent_path(), unused);
    }
  }
  ShelfFile(const ShelfFile&) = delete;
  ShelfFile& operator=(const ShelfFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  static std::filesystem::path make_folder() {
    const auto place = std::filesystem::temp_directory_path();
    std::string name = place / "shelf.XXXXXX";
    if (!mkdtemp(name.data())) {
      throw std::system_error(
          errno, std::generic_category(),
          "cannot make a folder in " + place.string());
    }
    return name;
  }

  const bool is_ours_;
  const std::filesystem::path path_;
};

inline bool has(sqlite::Connection& shelf, int number) {
  return !shelf.query<int>(packed_orders::find, number).empty();
}

inline bool put(sqlite::Connection& shelf, int number) {
  return !shelf.query<int>(packed_orders::insert, number).empty();
}
