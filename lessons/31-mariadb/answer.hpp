// What a question carries, and what comes back: values, rows and
// errors. Look at which error says that the server has refused,
// and which one says that nothing is known.
#pragma once

#include <fmt/core.h>
#include <mariadb/errmsg.h>
#include <mariadb/mysql.h>
#include <mariadb/mysqld_error.h>

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace maria {

// The server has refused. The number is the same in all languages
// and versions: 1062 is a duplicate key.
struct Error : std::runtime_error {
  explicit Error(const std::string& why, unsigned int number = 0)
      : std::runtime_error(why), number(number) {}

  unsigned int number;
};

// The connection is gone. What was under way may or may not have
// been done.
struct Lost : Error {
  using Error::Error;
};

// libmariadb's own errors mean that there was no answer. Two of
// the server's mean that it ends the connection.
inline bool is_loss(unsigned int number) {
  return (number >= CR_MIN_ERROR && number <= CR_MAX_ERROR) ||
         number == ER_CONNECTION_KILLED ||
         number == ER_SERVER_SHUTDOWN;
}

[[noreturn]] inline void fail(MYSQL* handle) {
  const unsigned int number = mysql_errno(handle);
  if (is_loss(number)) throw Lost(mysql_error(handle), number);
  throw Error(mysql_error(handle), number);
}

// As SQL: a text in quotes, with escapes that the server undoes.
inline std::string literal(MYSQL* handle, std::string_view text) {
  std::string quoted(2 * text.size() + 1, '\0');
  quoted.resize(mysql_real_escape_string(
      handle, quoted.data(), text.data(), text.size()));
  return '\'' + quoted + '\'';
}
inline std::string literal(MYSQL* handle, const char* text) {
  return literal(handle, std::string_view(text));
}
inline std::string literal(MYSQL*, std::integral auto number) {
  return fmt::format("{:d}", number);
}
inline std::string literal(MYSQL*, double number) {
  if (!std::isfinite(number)) {
    throw Error("SQL has no infinity, and no NaN");
  }
  return fmt::format("{:e}", number);
}
template <typename T>
std::string literal(MYSQL* handle,
                    const std::optional<T>& value) {
  return value ? literal(handle, *value) : "null";
}

// Each "?" becomes the next value. So a string in the SQL itself
// must not contain a "?".
inline std::string fill_in(
    std::string_view sql,
    const std::vector<std::string>& values) {
  std::string filled;
  std::size_t used = 0;
  for (const char sign : sql) {
    if (sign != '?') {
      filled += sign;
    } else if (used < values.size()) {
      filled += values[used++];
    } else {
      throw Error("a question mark without a value");
    }
  }
  if (used < values.size()) {
    throw Error("a value without a question mark");
  }
  return filled;
}

template <typename... T>
std::string filled_in([[maybe_unused]] MYSQL* handle,
                      std::string_view sql, const T&... values) {
  return fill_in(sql, {literal(handle, values)...});
}

struct Free {
  void operator()(MYSQL_RES* rows) const {
    mysql_free_result(rows);
  }
};

// `changed`: how many rows a statement without a result has
// changed.
struct Answer {
  std::unique_ptr<MYSQL_RES, Free> rows{};
  std::size_t changed = 0;
};

// A column, read as the type that the caller names.
template <typename T>
struct Column {
  static T from(std::string_view text) {
    if constexpr (std::same_as<T, std::string>) {
      return std::string(text);
    } else if constexpr (std::same_as<T, bool>) {
      if (text == "1") return true;
      if (text == "0") return false;
      throw Error(fmt::format("\"{}\" is not a bool", text));
    } else {
      T number{};
      const char* const end = text.data() + text.size();
      const auto read = std::from_chars(text.data(), end, number);
      if (read.ec != std::errc() || read.ptr != end) {
        throw Error(
            fmt::format("\"{}\" is not a number of this type, or "
                        "is too large",
                        text));
      }
      return number;
    }
  }
  static T from_null() { throw Error("a column is NULL"); }
};

template <typename T>
struct Column<std::optional<T>> {
  static std::optional<T> from(std::string_view text) {
    return Column<T>::from(text);
  }
  static std::optional<T> from_null() { return std::nullopt; }
};

template <typename T>
T column(MYSQL_ROW row, const unsigned long* sizes,
         std::size_t place) {
  if (row[place] == nullptr) return Column<T>::from_null();
  return Column<T>::from({row[place], sizes[place]});
}

template <typename... Columns>
using Rows = std::vector<std::tuple<Columns...>>;

template <typename... Columns, std::size_t... Places>
Rows<Columns...> rows(MYSQL_RES* result,
                      std::index_sequence<Places...>) {
  Rows<Columns...> all;
  while (const MYSQL_ROW row = mysql_fetch_row(result)) {
    const unsigned long* const sizes =
        mysql_fetch_lengths(result);
    all.push_back({column<Columns>(row, sizes, Places)...});
  }
  return all;
}

template <typename... Columns>
Rows<Columns...> rows(const Answer& answer) {
  constexpr std::size_t count = sizeof...(Columns);
  if (!answer.rows ||
      mysql_num_fields(answer.rows.get()) != count) {
    throw Error("wrong number of columns");
  }
  return rows<Columns...>(answer.rows.get(),
                          std::make_index_sequence<count>());
}

}  // namespace maria
