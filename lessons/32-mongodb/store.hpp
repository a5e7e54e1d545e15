// Part of the stand-in: the documents, in memory and in a log.
// Look at when a change is safe, and at a log whose end is torn
// off.
#pragma once

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "answer.hpp"
#include "document.hpp"
#include "filter.hpp"
#include "message.hpp"

namespace stand_in {

using mongo::doc;

// A file to which documents are appended.
class Log {
 public:
  explicit Log(const std::string& path)
      : file_(open(path.c_str(),
                   O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
                   0600)) {
    if (file_ == -1) fail(path);
  }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log() { close(file_); }

  // A document begins with its size. If the writer was killed,
  // the last one may be incomplete: then it was never
  // acknowledged, and is cut off.
  std::vector<Document> read_all() {
    const std::string bytes = read_bytes();
    std::vector<Document> all;
    std::string_view rest = bytes;
    while (rest.size() >= 4) {
      const auto size =
          static_cast<std::size_t>(mongo::number_at(rest, 0));
      if (size > rest.size()) break;
      all.emplace_back(std::string(rest.substr(0, size)));
      rest.remove_prefix(size);
    }
    size_ = static_cast<off_t>(bytes.size() - rest.size());
    if (ftruncate(file_, size_) != 0) fail("the log");
    return all;
  }

  void append(const Document& change) {
    const std::string& bytes = change.bytes();
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t now =
          write(file_, bytes.data() + done, bytes.size() - done);
      if (now == -1 && errno == EINTR) continue;
      if (now == -1) {
        const int why = errno;
        if (ftruncate(file_, size_) != 0) fail("the log");
        errno = why;
        fail("the log");
      }
      done += static_cast<std::size_t>(now);
    }
    size_ += static_cast<off_t>(bytes.size());
  }

  // Waits until all changes are on the disk. (This blocks the
  // loop: a stand-in may, and lesson 9 shows how not to.)
  void sync() {
    if (fdatasync(file_) != 0) fail("the log");
  }

 private:
  std::string read_bytes() const {
    std::string bytes;
    std::array<char, 65536> piece{};
    for (;;) {
      const ssize_t size =
          read(file_, piece.data(), piece.size());
      if (size == -1 && errno == EINTR) continue;
      if (size == -1) fail("the log");
      if (size == 0) return bytes;
      bytes.append(piece.data(), static_cast<std::size_t>(size));
    }
  }

  [[noreturn]] static void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
  }

  int file_;
  off_t size_ = 0;
};

// Documents in the order in which they came, and for each unique
// field an index: where the document with a given value is.
class Collection {
 public:
  Collection() = default;
  Collection(const Collection&) = delete;
  Collection& operator=(const Collection&) = delete;

  const std::list<Document>& documents() const {
    return documents_;
  }

  // Throws if another document has the same value in one of the
  // unique fields.
  void check(const Document& document, bool is_new) const {
    const auto same = find(document);
    for (const auto& [field, places] : unique_) {
      const auto other = places.find(key(document, field));
      if (other == places.end()) continue;
      if (is_new || other->second != same) {
        refuse(document, field);
      }
    }
  }

  // In the place of the one with the same `_id`, if there is one.
  void put(const Document& document) {
    auto place = find(document);
    if (place == documents_.end()) {
      place = documents_.insert(place, document);
    } else {
      forget(place);
      *place = document;
    }
    for (auto& [field, places] : unique_) {
      places[key(document, field)] = place;
    }
  }

  void remove(const Document& document) {
    const auto place = find(document);
    if (place == documents_.end()) return;
    forget(place);
    documents_.erase(place);
  }

  // Throws if two documents have the same value already.
  void make_unique(const std::string& field) {
    std::map<std::string, Place> places;
    for (auto it = documents_.begin(); it != documents_.end();
         ++it) {
      if (!places.emplace(key(*it, field), it).second) {
        refuse(*it, field);
      }
    }
    unique_.insert_or_assign(field, std::move(places));
  }

 private:
  using Place = std::list<Document>::iterator;

  static std::string key(const Document& document,
                         const std::string& field) {
    return key_of(Value(document, field.c_str()));
  }

  Place find(const Document& document) const {
    const auto& places = unique_.at("_id");
    const auto place = places.find(key(document, "_id"));
    return place != places.end() ? place->second : end_;
  }

  void forget(Place place) {
    for (auto& [field, places] : unique_) {
      places.erase(key(*place, field));
    }
  }

  [[noreturn]] static void refuse(const Document& document,
                                  const std::string& field) {
    const Value value(document, field.c_str());
    Builder builder;
    if (value.exists) builder.add(field, value.place);
    throw Error(
        fmt::format("E11000 duplicate key error index: {}{} "
                    "dup key: {}",
                    field, field == "_id" ? "_" : "_1",
                    builder.document().json()),
        mongo::duplicate_key);
  }

  std::list<Document> documents_{};
  Place end_ = documents_.end();
  std::map<std::string, std::map<std::string, Place>> unique_{
      {"_id", {}}};
};

class Store {
 public:
  // Without a path: in memory only.
  explicit Store(const std::string& path) {
    if (path.empty()) return;
    log_ = std::make_unique<Log>(path);
    for (const Document& change : log_->read_all()) {
      apply(change);
    }
  }

  const std::list<Document>& documents(const std::string& name) {
    return all_[name].documents();
  }

  void insert(const std::string& name, const Document& document) {
    all_[name].check(document, true);
    change(doc("put", name, "document", document));
  }

  // The one with the same `_id`.
  void replace(const std::string& name,
               const Document& document) {
    all_[name].check(document, false);
    change(doc("put", name, "document", document));
  }

  void remove(const std::string& name, const Document& document) {
    change(doc("remove", name, "document", document));
  }

  void make_unique(const std::string& name,
                   const std::string& field) {
    all_[name].make_unique(field);
    change(doc("unique", name, "field", field));
  }

  // Before an answer is sent.
  void sync() {
    if (log_ && std::exchange(changed_, false)) log_->sync();
  }

 private:
  // First into the log: what cannot be written is not done.
  void change(const Document& entry) {
    if (log_) log_->append(entry);
    changed_ = true;
    apply(entry);
  }

  void apply(const Document& entry) {
    if (entry.has("unique")) {
      all_[entry.text("unique")].make_unique(entry.text("field"));
    } else if (entry.has("put")) {
      all_[entry.text("put")].put(entry.document("document"));
    } else {
      auto& collection = all_[entry.text("remove")];
      collection.remove(entry.document("document"));
    }
  }

  std::unique_ptr<Log> log_{};
  std::map<std::string, Collection> all_{};
  bool changed_ = false;
};

}  // namespace stand_in
