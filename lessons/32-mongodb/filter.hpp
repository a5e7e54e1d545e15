// Part of the stand-in: which documents a filter finds, and what
// a change makes of one. Look at what it refuses.
#pragma once

#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "answer.hpp"
#include "document.hpp"

namespace stand_in {

using mongo::Builder, mongo::Document, mongo::Error;

// MongoDB's numbers for refusals.
inline constexpr int bad_value = 2;
inline constexpr int type_mismatch = 14;

// A stand-in must not guess: what it does not know, it refuses.
[[noreturn]] inline void unknown(std::string_view what) {
  throw Error(fmt::format("the stand-in does not know {}", what),
              bad_value);
}

inline std::string_view name_of(const bson_iter_t& value) {
  return bson_iter_key(&value);
}

// A missing value is null, as in MongoDB.
struct Value {
  explicit Value(const bson_iter_t& place) : place(place) {}
  Value(const Document& document, const char* path)
      : exists(document.find(path, place)) {}

  bson_type_t type() const {
    return exists ? bson_iter_type(&place) : BSON_TYPE_NULL;
  }
  bool is_number() const {
    return exists && BSON_ITER_HOLDS_NUMBER(&place);
  }

  bson_iter_t place;
  bool exists = true;
};

// Its bytes, without its name.
inline std::string bytes_of(const Value& value) {
  if (value.type() == BSON_TYPE_NULL) return {};
  Builder builder;
  builder.add("", value.place);
  return builder.document().bytes();
}

// Whether they can be compared: two numbers, or two values of
// one type.
inline bool is_comparable(const Value& a, const Value& b) {
  return (a.is_number() && b.is_number()) || a.type() == b.type();
}

inline int compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    if (a.type() != BSON_TYPE_DOUBLE &&
        b.type() != BSON_TYPE_DOUBLE) {
      const auto left = bson_iter_as_int64(&a.place);
      const auto right = bson_iter_as_int64(&b.place);
      return left < right ? -1 : left > right;
    }
    const double left = bson_iter_as_double(&a.place);
    const double right = bson_iter_as_double(&b.place);
    return left < right ? -1 : left > right;
  }
  if (a.type() == BSON_TYPE_UTF8) {
    return std::strcmp(bson_iter_utf8(&a.place, nullptr),
                       bson_iter_utf8(&b.place, nullptr));
  }
  return bytes_of(a).compare(bytes_of(b));
}

inline bool is_equal(const Value& a, const Value& b) {
  return is_comparable(a, b) && compare(a, b) == 0;
}

// Equal values have equal keys: 1 and 1.0, for instance.
inline std::string key_of(const Value& value) {
  const auto type = static_cast<int>(value.type());
  if (!value.is_number()) {
    return fmt::format("{} {}", type, bytes_of(value));
  }
  const double real = bson_iter_as_double(&value.place);
  constexpr double most = 9'007'199'254'740'992;  // 2^53
  const bool is_whole =
      value.type() != BSON_TYPE_DOUBLE ||
      (std::abs(real) < most && real == std::floor(real));
  if (!is_whole) return fmt::format("real {}", real);
  return fmt::format("whole {}",
                     bson_iter_as_int64(&value.place));
}

// {"guests": "Ann"} also finds an array that has "Ann" in it.
inline bool equals_or_has(const Value& value,
                          const Value& wanted) {
  if (is_equal(value, wanted)) return true;
  if (value.type() != BSON_TYPE_ARRAY) return false;
  bson_iter_t element;
  bson_iter_recurse(&value.place, &element);
  while (bson_iter_next(&element)) {
    if (is_equal(Value(element), wanted)) return true;
  }
  return false;
}

inline bool holds(const Value& value, std::string_view op,
                  const Value& limit) {
  if (op == "$eq") return equals_or_has(value, limit);
  if (op == "$ne") return !equals_or_has(value, limit);
  if (op == "$exists") {
    return value.exists == bson_iter_as_bool(&limit.place);
  }
  const bool fits = is_comparable(value, limit);
  const int order = fits ? compare(value, limit) : 0;
  if (op == "$gt") return fits && order > 0;
  if (op == "$gte") return fits && order >= 0;
  if (op == "$lt") return fits && order < 0;
  if (op == "$lte") return fits && order <= 0;
  unknown(op);
}

// {"$gt": 0}, for instance, is a condition. Anything else is a
// value that the field must equal.
inline bool is_condition(const bson_iter_t& wanted) {
  if (!BSON_ITER_HOLDS_DOCUMENT(&wanted)) return false;
  bson_iter_t first;
  bson_iter_recurse(&wanted, &first);
  return bson_iter_next(&first) &&
         name_of(first).starts_with('$');
}

// Without regard to `$where`.
inline bool matches(const Document& document,
                    const Document& filter) {
  bson_iter_t wanted = filter.begin();
  while (bson_iter_next(&wanted)) {
    const std::string name(name_of(wanted));
    if (name == "$where") continue;
    if (name.starts_with('$')) unknown(name);
    const Value value(document, name.c_str());
    if (!is_condition(wanted)) {
      if (!equals_or_has(value, Value(wanted))) return false;
      continue;
    }
    bson_iter_t limit;
    bson_iter_recurse(&wanted, &limit);
    while (bson_iter_next(&limit)) {
      if (!holds(value, name_of(limit), Value(limit))) {
        return false;
      }
    }
  }
  return true;
}

// It knows one program in JavaScript: "sleep(800) || true".
inline std::chrono::milliseconds sleep_in(
    const Document& filter) {
  if (!filter.has("$where")) return {};
  const std::string script = filter.text("$where");
  const std::string_view begin = "sleep(";
  int time = 0;
  if (script.starts_with(begin)) {
    const char* const end = script.data() + script.size();
    const auto read =
        std::from_chars(script.data() + begin.size(), end, time);
    const std::string_view rest(
        read.ptr, static_cast<std::size_t>(end - read.ptr));
    if (time > 0 && rest == ") || true") {
      return std::chrono::milliseconds(time);
    }
  }
  unknown(script);
}

inline void add_sum(Builder& to, std::string_view name,
                    const Value& old, const Value& more) {
  if (!more.is_number() || (old.exists && !old.is_number())) {
    throw Error("$inc needs numbers", type_mismatch);
  }
  if (old.type() == BSON_TYPE_DOUBLE ||
      more.type() == BSON_TYPE_DOUBLE) {
    const double sum =
        (old.exists ? bson_iter_as_double(&old.place) : 0) +
        bson_iter_as_double(&more.place);
    return to.add(name, sum);
  }
  std::int64_t sum = 0;
  if (__builtin_add_overflow(
          old.exists ? bson_iter_as_int64(&old.place) : 0,
          bson_iter_as_int64(&more.place), &sum)) {
    throw Error("$inc: the sum is too large", bad_value);
  }
  using Small = std::numeric_limits<std::int32_t>;
  const bool is_small = old.type() != BSON_TYPE_INT64 &&
                        more.type() != BSON_TYPE_INT64 &&
                        sum >= Small::min() &&
                        sum <= Small::max();
  if (is_small) return to.add(name, static_cast<int>(sum));
  to.add(name, sum);
}

inline void add_longer(Builder& to, std::string_view name,
                       const Value& old, const Value& last) {
  Builder list;
  int next = 0;
  if (old.exists) {
    if (old.type() != BSON_TYPE_ARRAY) {
      throw Error("$push needs an array", bad_value);
    }
    bson_iter_t element;
    bson_iter_recurse(&old.place, &element);
    while (bson_iter_next(&element)) {
      list.add(std::to_string(next++), element);
    }
  }
  list.add(std::to_string(next), last.place);
  to.add(name, mongo::Array{list.document()});
}

// The document with one field changed.
inline Document changed(const Document& old, std::string_view op,
                        const bson_iter_t& argument) {
  const std::string name(name_of(argument));
  if (name == "_id" || name.find('.') != name.npos) {
    unknown("a change of " + name);
  }
  Builder next;
  const auto add_new = [&] {
    const Value before(old, name.c_str());
    const Value value(argument);
    if (op == "$set") return next.add(name, argument);
    if (op == "$inc") return add_sum(next, name, before, value);
    if (op == "$push") {
      return add_longer(next, name, before, value);
    }
    unknown(op);
  };
  bool has_it = false;
  bson_iter_t field = old.begin();
  while (bson_iter_next(&field)) {
    const bool is_it = name_of(field) == name;
    has_it = has_it || is_it;
    if (is_it) {
      add_new();
    } else {
      next.add(name_of(field), field);
    }
  }
  if (!has_it) add_new();
  return next.document();
}

// {"$inc": {"portions": -1}, "$push": {"guests": "Ann"}}
inline Document changed(Document document,
                        const Document& change) {
  bson_iter_t op = change.begin();
  while (bson_iter_next(&op)) {
    if (!name_of(op).starts_with('$') ||
        !BSON_ITER_HOLDS_DOCUMENT(&op)) {
      unknown("a change without $set, $inc or $push");
    }
    bson_iter_t argument;
    bson_iter_recurse(&op, &argument);
    while (bson_iter_next(&argument)) {
      document = changed(document, name_of(op), argument);
    }
  }
  return document;
}

}  // namespace stand_in
