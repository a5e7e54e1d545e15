// One statement of SQL, as a value: prepared once, and executed
// any number of times. Look at how failures become exceptions.
#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace sqlite {

// Its code is the extended one: SQLITE_BUSY_SNAPSHOT, and not
// only SQLITE_BUSY.
struct Error : std::runtime_error {
  Error(int code, const std::string& why)
      : std::runtime_error(why), code(code) {}

  int code;
};

class Statement {
 public:
  Statement(sqlite3* connection, const std::string& sql)
      : connection_(connection) {
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    check(sqlite3_prepare_v3(connection, sql.c_str(), -1,
                             SQLITE_PREPARE_PERSISTENT, &prepared,
                             &rest));
    prepared_.reset(prepared);
    if (!prepared_ || *rest != '\0') {
      throw Error(SQLITE_MISUSE, "not one statement: " + sql);
    }
  }

  // `values` take the places of the question marks. They are not
  // copied, and must live until reset().
  template <typename... Values>
  void fill_in(const Values&... values) {
    if (sqlite3_bind_parameter_count(prepared_.get()) !=
        static_cast<int>(sizeof...(Values))) {
      throw Error(SQLITE_RANGE, "wrong number of values");
    }
    [[maybe_unused]] int place = 0;
    (bind(++place, values), ...);
  }

  // Executes it up to its next row. False if there is none.
  bool step() {
    const int code = sqlite3_step(prepared_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw Error(code, sqlite3_errmsg(connection_));
  }

  template <typename... Columns>
  std::tuple<Columns...> row() {
    if (sqlite3_column_count(prepared_.get()) !=
        static_cast<int>(sizeof...(Columns))) {
      throw Error(SQLITE_RANGE, "wrong number of columns");
    }
    return row<Columns...>(std::index_sequence_for<Columns...>());
  }

  // A statement that is not over holds a lock.
  void reset() {
    sqlite3_reset(prepared_.get());
    sqlite3_clear_bindings(prepared_.get());
  }

 private:
  template <typename... Columns, std::size_t... Places>
  std::tuple<Columns...> row(std::index_sequence<Places...>) {
    return std::tuple<Columns...>(
        column<Columns>(static_cast<int>(Places))...);
  }

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const {
      sqlite3_finalize(statement);
    }
  };

  void check(int code) const {
    if (code == SQLITE_OK) return;
    throw Error(code, sqlite3_errmsg(connection_));
  }

  void bind(int place, std::integral auto value) {
    check(sqlite3_bind_int64(prepared_.get(), place, value));
  }
  void bind(int place, double value) {
    check(sqlite3_bind_double(prepared_.get(), place, value));
  }
  void bind(int place, std::string_view text) {
    check(sqlite3_bind_text64(prepared_.get(), place, text.data(),
                              text.size(), SQLITE_STATIC,
                              SQLITE_UTF8));
  }
  template <typename T>
  void bind(int place, const std::optional<T>& value) {
    if (value) bind(place, *value);  // else it stays NULL
  }

  // SQLite would turn any value into any type without a word.
  template <typename T>
  T column(int place) {
    sqlite3_stmt* const row = prepared_.get();
    const int type = sqlite3_column_type(row, place);
    if constexpr (std::integral<T>) {
      const std::int64_t value = sqlite3_column_int64(row, place);
      if (type != SQLITE_INTEGER || !std::in_range<T>(value)) {
        throw Error(SQLITE_MISMATCH,
                    "not an integer, or too large");
      }
      return static_cast<T>(value);
    } else if constexpr (std::floating_point<T>) {
      if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) {
        throw Error(SQLITE_MISMATCH, "not a number");
      }
      return static_cast<T>(sqlite3_column_double(row, place));
    } else if constexpr (std::same_as<T, std::string>) {
      if (type != SQLITE_TEXT) {
        throw Error(SQLITE_MISMATCH, "not a text");
      }
      const auto* text = sqlite3_column_text(row, place);
      const auto size = sqlite3_column_bytes(row, place);
      return {text, text + size};
    } else {  // a std::optional
      if (type == SQLITE_NULL) return std::nullopt;
      return column<typename T::value_type>(place);
    }
  }

  sqlite3* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> prepared_;
};

}  // namespace sqlite
