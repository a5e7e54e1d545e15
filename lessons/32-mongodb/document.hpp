// A document: names and values, in a format called BSON. Look at
// what it consists of in memory.
#pragma once

#include <bson/bson.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mongo {

struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Its bytes, as they are on the wire. The library reads them in
// place.
class Document {
 public:
  Document() : bytes_("\5\0\0\0\0", 5) {}
  explicit Document(std::string bytes)
      : bytes_(std::move(bytes)) {
    bson_t view;
    if (!bson_init_static(&view, data(bytes_), bytes_.size())) {
      throw Malformed("these bytes are not a document");
    }
  }

  const std::string& bytes() const { return bytes_; }

  // Finds a value: "portions", or the first of the orders in
  // "orders.0". False if there is none.
  bool find(const char* path, bson_iter_t& value) const {
    bson_iter_t all = begin();
    return bson_iter_find_descendant(&all, path, &value);
  }
  bool has(const char* path) const {
    bson_iter_t value;
    return find(path, value);
  }

  bool truth(const char* path) const {
    bson_iter_t value;
    return find(path, value) && bson_iter_as_bool(&value);
  }
  std::int64_t number(const char* path) const {
    const bson_iter_t value = required(path);
    if (!BSON_ITER_HOLDS_NUMBER(&value)) wrong_type(path);
    return bson_iter_as_int64(&value);
  }
  std::string text(const char* path) const {
    const bson_iter_t value = required(path);
    if (!BSON_ITER_HOLDS_UTF8(&value)) wrong_type(path);
    std::uint32_t size = 0;
    const char* const first = bson_iter_utf8(&value, &size);
    return std::string(first, size);
  }
  Document document(const char* path) const {
    const bson_iter_t value = required(path);
    if (!BSON_ITER_HOLDS_DOCUMENT(&value)) wrong_type(path);
    return document_at(value);
  }
  // Those of an array.
  std::vector<Document> documents(const char* path) const {
    bson_iter_t value = required(path);
    if (!BSON_ITER_HOLDS_ARRAY(&value)) wrong_type(path);
    std::vector<Document> all;
    bson_iter_t element;
    bson_iter_recurse(&value, &element);
    while (bson_iter_next(&element)) {
      if (!BSON_ITER_HOLDS_DOCUMENT(&element)) wrong_type(path);
      all.push_back(document_at(element));
    }
    return all;
  }

  // For people.
  std::string json() const {
    bson_t view;
    bson_init_static(&view, data(bytes_), bytes_.size());
    char* const text =
        bson_as_relaxed_extended_json(&view, nullptr);
    if (text == nullptr) throw Malformed("it has no JSON form");
    std::string copy = text;
    bson_free(text);
    return copy;
  }

  // Before the first value.
  bson_iter_t begin() const {
    bson_iter_t all;
    bson_iter_init_from_data(&all, data(bytes_), bytes_.size());
    return all;
  }

  static Document document_at(const bson_iter_t& value) {
    std::uint32_t size = 0;
    const std::uint8_t* first = nullptr;
    if (BSON_ITER_HOLDS_ARRAY(&value)) {
      bson_iter_array(&value, &size, &first);
    } else {
      bson_iter_document(&value, &size, &first);
    }
    return Document(
        std::string(reinterpret_cast<const char*>(first), size));
  }

 private:
  static const std::uint8_t* data(const std::string& bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
  }

  bson_iter_t required(const char* path) const {
    bson_iter_t value;
    if (!find(path, value)) {
      throw Malformed("there is no " + std::string(path));
    }
    return value;
  }

  [[noreturn]] static void wrong_type(const char* path) {
    throw Malformed(std::string(path) + " has another type");
  }

  std::string bytes_;
};

struct Array {
  Document elements;
};

struct ObjectId {
  bson_oid_t bytes;
};

// Different from all others, whichever machine makes it.
inline ObjectId new_id() {
  ObjectId id;
  bson_oid_init(&id.bytes, nullptr);
  return id;
}

// Builds a document, value by value. (libbson's own objects are
// aligned to 128 bytes, and in the frame of a coroutine they
// would not be. So this one is elsewhere.)
class Builder {
 public:
  Builder() : bson_(bson_new()) {}
  ~Builder() { bson_destroy(bson_); }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  template <typename Value>
  void add(std::string_view name, const Value& value) {
    const char* const key = name.data();
    const int size = static_cast<int>(name.size());
    bool fits = false;
    if constexpr (std::same_as<Value, bool>) {
      fits = bson_append_bool(bson_, key, size, value);
    } else if constexpr (std::same_as<Value, std::int64_t>) {
      fits = bson_append_int64(bson_, key, size, value);
    } else if constexpr (std::integral<Value>) {
      static_assert(sizeof(Value) <= sizeof(std::int32_t));
      fits = bson_append_int32(bson_, key, size, value);
    } else if constexpr (std::same_as<Value, double>) {
      fits = bson_append_double(bson_, key, size, value);
    } else if constexpr (std::same_as<Value, ObjectId>) {
      fits = bson_append_oid(bson_, key, size, &value.bytes);
    } else if constexpr (std::same_as<Value, Document>) {
      bson_t view;
      look_at(value, view);
      fits = bson_append_document(bson_, key, size, &view);
    } else if constexpr (std::same_as<Value, Array>) {
      bson_t view;
      look_at(value.elements, view);
      fits = bson_append_array(bson_, key, size, &view);
    } else if constexpr (std::same_as<Value, bson_iter_t>) {
      const bson_iter_t aligned = value;  // as libbson wants it
      fits = bson_append_iter(bson_, key, size, &aligned);
    } else {
      const std::string_view text = value;
      fits = bson_append_utf8(bson_, key, size, text.data(),
                              static_cast<int>(text.size()));
    }
    if (!fits)
      throw std::length_error("the document is too large");
  }

  void add_all(const Document& other) {
    bson_t view;
    look_at(other, view);
    bson_concat(bson_, &view);
  }

  Document document() const {
    return Document(std::string(
        reinterpret_cast<const char*>(bson_get_data(bson_)),
        bson_->len));
  }

 private:
  static void look_at(const Document& document, bson_t& view) {
    const std::string& bytes = document.bytes();
    bson_init_static(
        &view,
        reinterpret_cast<const std::uint8_t*>(bytes.data()),
        bytes.size());
  }

  bson_t* bson_;
};

inline void add_to(Builder&) {}
template <typename Value, typename... Rest>
void add_to(Builder& builder, std::string_view name,
            const Value& value, const Rest&... rest) {
  builder.add(name, value);
  add_to(builder, rest...);
}

// doc("dish", "soup", "portions", 2)
template <typename... NamesAndValues>
Document doc(const NamesAndValues&... all) {
  static_assert(sizeof...(all) % 2 == 0, "a name has no value");
  Builder builder;
  add_to(builder, all...);
  return builder.document();
}

// Its names are 0, 1, 2…
template <typename... Values>
Array array(const Values&... values) {
  Builder builder;
  [[maybe_unused]] int next = 0;
  (builder.add(std::to_string(next++), values), ...);
  return Array{builder.document()};
}
template <typename Value>
Array array_of(const std::vector<Value>& values) {
  Builder builder;
  int next = 0;
  for (const Value& value : values) {
    builder.add(std::to_string(next++), value);
  }
  return Array{builder.document()};
}

}  // namespace mongo
