// The documents that a question has found, batch by batch. Look
// at where the rest of them are in the meantime.
#pragma once

#include <asio.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "document.hpp"

namespace mongo {

class Cursor {
 public:
  // `find` is the first question.
  Cursor(Connection& own, Document find)
      : own_(own), question_(std::move(find)) {
    collection_ = question_.text("find");
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  // The next document; nothing at the end.
  asio::awaitable<std::optional<Document>> next() {
    while (place_ == batch_.size()) {
      if (answers_ > 0 && id_ == 0) co_return std::nullopt;
      co_await ask();
    }
    co_return std::move(batch_[place_++]);
  }

  // For a cursor that is not read to its end. If it is not
  // closed, MongoDB keeps its place for ten minutes after the
  // last use.
  asio::awaitable<void> close() {
    if (id_ == 0) co_return;
    const Document question =
        doc("killCursors", collection_, "cursors", array(id_));
    id_ = 0;
    co_await own_.command(question);
  }

  int answers() const { return answers_; }

 private:
  asio::awaitable<void> ask() {
    if (answers_ > 0) {
      // Without a size a batch may have up to 16 MB.
      question_ = doc("getMore", id_, "collection", collection_,
                      "batchSize", 1000);
    }
    const Document answer = co_await own_.command(question_);
    batch_ = answer.documents(answers_ == 0 ? "cursor.firstBatch"
                                            : "cursor.nextBatch");
    id_ = answer.number("cursor.id");
    place_ = 0;
    ++answers_;
  }

  Connection& own_;
  Document question_;
  std::string collection_{};
  std::int64_t id_ = 0;  // 0: the server has no more
  int answers_ = 0;
  std::vector<Document> batch_{};
  std::size_t place_ = 0;
};

}  // namespace mongo
