// What a question carries, and what comes back: values and rows
// as text, and errors. Look at which error leaves open what the
// server has done.
#pragma once

#include <fmt/core.h>
#include <postgresql/libpq-fe.h>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace pg {

// A statement has failed. `state` is the server's code, the same
// in all languages and versions ("23505" is a duplicate key). It
// is empty if the error is libpq's or our own.
struct Error : std::runtime_error {
  explicit Error(const std::string& why, std::string state = "")
      : std::runtime_error(why), state(std::move(state)) {}

  std::string state;
};

// The connection is gone. What was under way may or may not have
// been done.
struct Lost : Error {
  using Error::Error;
};

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

// libpq's messages end in a newline.
inline std::string without_newline(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text);
}

inline Error error_of(const PGresult* result) {
  const char* state =
      PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return Error(without_newline(PQresultErrorMessage(result)),
               state ? state : "");
}

// For $1, $2 and so on. A NULL is no text at all.
class Values {
 public:
  template <typename... T>
  explicit Values(const T&... values) {
    (texts_.push_back(text(values)), ...);
  }

  int count() const { return static_cast<int>(texts_.size()); }

  // They are ours, and live as long as we do.
  std::vector<const char*> pointers() const {
    std::vector<const char*> all;
    for (const auto& text : texts_) {
      all.push_back(text ? text->c_str() : nullptr);
    }
    return all;
  }

  // As a line for COPY.
  std::string line() const {
    std::string all;
    for (const auto& text : texts_) {
      if (&text != &texts_.front()) all += '\t';
      all += text ? escaped(*text) : "\\N";
    }
    return all + '\n';
  }

 private:
  using Text = std::optional<std::string>;

  static Text text(std::string_view value) {
    if (value.find('\0') != value.npos) {
      throw Error("a text has a NUL, which ends it for libpq");
    }
    return std::string(value);
  }
  static Text text(bool value) { return value ? "t" : "f"; }
  static Text text(std::integral auto value) {
    return std::to_string(value);
  }
  static Text text(double value) {
    return fmt::format("{}", value);
  }
  static Text text(const char* value) {
    return text(std::string_view(value));
  }
  template <typename T>
  static Text text(const std::optional<T>& value) {
    return value ? text(*value) : std::nullopt;
  }

  static std::string escaped(std::string_view text) {
    std::string all;
    for (const char sign : text) {
      if (sign == '\\') {
        all += "\\\\";
      } else if (sign == '\t') {
        all += "\\t";
      } else if (sign == '\n') {
        all += "\\n";
      } else if (sign == '\r') {
        all += "\\r";
      } else {
        all += sign;
      }
    }
    return all;
  }

  std::vector<Text> texts_;
};

// Reads a column as the type that the caller names.
template <typename T>
struct Column {
  static T from(std::string_view text) {
    if constexpr (std::same_as<T, std::string>) {
      return std::string(text);
    } else if constexpr (std::same_as<T, bool>) {
      if (text == "t") return true;
      if (text == "f") return false;
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
T column(const PGresult* result, int row, int place) {
  if (PQgetisnull(result, row, place)) {
    return Column<T>::from_null();
  }
  const auto size = PQgetlength(result, row, place);
  return Column<T>::from({PQgetvalue(result, row, place),
                          static_cast<std::size_t>(size)});
}

template <typename... Columns>
using Rows = std::vector<std::tuple<Columns...>>;

template <typename... Columns, int... Places>
Rows<Columns...> rows(const PGresult* result,
                      std::integer_sequence<int, Places...>) {
  Rows<Columns...> all;
  for (int row = 0; row < PQntuples(result); ++row) {
    all.push_back({column<Columns>(result, row, Places)...});
  }
  return all;
}

template <typename... Columns>
Rows<Columns...> rows(const PGresult* result) {
  constexpr int count = sizeof...(Columns);
  if (PQnfields(result) != count) {
    throw Error("wrong number of columns");
  }
  return rows<Columns...>(
      result, std::make_integer_sequence<int, count>());
}

// How many rows a statement has changed, or a select has found.
inline std::size_t changed(PGresult* result) {
  const std::string_view text = PQcmdTuples(result);
  return text.empty() ? 0 : Column<std::size_t>::from(text);
}

}  // namespace pg
