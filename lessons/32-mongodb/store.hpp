// Of the stand-in: the documents, in memory and in a log. Look at
// when a change is safe, and at a log whose end is torn off.
#pragma once

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
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

  // Until it is on the disk. (It blocks the loop: a stand-in may,
  // and lesson 9 shows how not to.)
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

struct Collection {
  std::vector<Document> documents{};
  std::vector<std::string> unique{"_id"};  // no value twice
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

  Collection& at(const std::string& name) { return all_[name]; }

  void insert(const std::string& name, const Document& document) {
    check(name, document, true);
    change(doc("put", name, "document", document));
  }

  // The one with the same `_id`.
  void replace(const std::string& name,
               const Document& document) {
    check(name, document);
    change(doc("put", name, "document", document));
  }

  void remove(const std::string& name, const Document& document) {
    change(doc("remove", name, "document", document));
  }

  void make_unique(const std::string& name,
                   const std::string& field) {
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
      auto& unique = all_[entry.text("unique")].unique;
      unique.push_back(entry.text("field"));
      return;
    }
    const bool removes = entry.has("remove");
    auto& documents =
        all_[entry.text(removes ? "remove" : "put")].documents;
    const Document document = entry.document("document");
    const auto place =
        std::find_if(documents.begin(), documents.end(),
                     [&](const Document& other) {
                       return has_same(document, other, "_id");
                     });
    if (removes) {
      if (place != documents.end()) documents.erase(place);
    } else if (place != documents.end()) {
      *place = document;
    } else {
      documents.push_back(document);
    }
  }

  static bool has_same(const Document& a, const Document& b,
                       const std::string& field) {
    return is_equal(Value(a, field.c_str()),
                    Value(b, field.c_str()));
  }

  void check(const std::string& name, const Document& document,
             bool is_new = false) {
    const Collection& collection = all_[name];
    for (const std::string& field : collection.unique) {
      for (const Document& other : collection.documents) {
        const bool is_it =
            !is_new && has_same(document, other, "_id");
        if (is_it || !has_same(document, other, field)) continue;
        throw Error(
            fmt::format("E11000 duplicate key error collection: "
                        "{} index: {}{} dup key: {}",
                        name, field, field == "_id" ? "_" : "_1",
                        value_of(document, field).json()),
            mongo::duplicate_key);
      }
    }
  }

  static Document value_of(const Document& document,
                           const std::string& field) {
    const Value value(document, field.c_str());
    if (!value.exists) return {};
    Builder builder;
    builder.add(field, value.place);
    return builder.document();
  }

  std::unique_ptr<Log> log_{};
  std::map<std::string, Collection> all_{};
  bool changed_ = false;
};

}  // namespace stand_in
