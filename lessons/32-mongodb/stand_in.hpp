// Part of the stand-in: the commands that it knows. Look at where
// it waits, and at what it answers to all others.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "answer.hpp"
#include "document.hpp"
#include "filter.hpp"
#include "store.hpp"

namespace stand_in {

using mongo::array, mongo::array_of;

class StandIn {
 public:
  explicit StandIn(const std::string& log) : store_(log) {}

  // Every command has an answer. A refusal has "ok": 0.
  asio::awaitable<Document> answer(Document command) {
    try {
      const Document result = co_await perform(command);
      store_.sync();
      Builder answer;
      answer.add_all(result);
      answer.add("ok", 1.0);
      co_return answer.document();
    } catch (const Error& error) {
      co_return refusal(error.what(), error.code);
    } catch (const mongo::Malformed& error) {
      co_return refusal(error.what(), 9);
    }
  }

 private:
  using Fields = std::initializer_list<std::string_view>;

  struct Batches {
    std::string collection;
    std::vector<Document> documents;
    std::size_t next = 0;
  };

  static Document refusal(const std::string& why, int code) {
    return doc("ok", 0.0, "errmsg", why, "code", code);
  }

  asio::awaitable<Document> perform(Document command) {
    const std::string name = command_in(command);
    if (name == "hello" || name == "isMaster" ||
        name == "ismaster") {
      co_return hello();
    }
    if (name == "ping" || name == "endSessions") co_return doc();
    if (name == "find") co_return co_await find(command);
    if (name == "getMore") co_return get_more(command);
    if (name == "killCursors") co_return kill_cursors(command);
    if (name == "count") co_return co_await count(command);
    if (name == "insert") co_return insert(command);
    if (name == "update") co_return co_await update(command);
    if (name == "delete") co_return co_await remove(command);
    if (name == "createIndexes") co_return make_unique(command);
    throw Error(fmt::format("no such command: '{}'", name), 59);
  }

  static std::string command_in(const Document& command) {
    bson_iter_t first = command.begin();
    if (!bson_iter_next(&first)) unknown("an empty command");
    return std::string(name_of(first));
  }

  // What a driver first wants to know about a server.
  static Document hello() {
    return doc("isWritablePrimary", true, "ismaster", true,
               "helloOk", true, "minWireVersion", 0,
               "maxWireVersion", 13, "maxBsonObjectSize",
               16'777'216, "maxMessageSizeBytes", 48'000'000,
               "maxWriteBatchSize", 100'000, "readOnly", false);
  }

  static std::string collection_of(const Document& command,
                                   const char* key) {
    return command.text("$db") + "." + command.text(key);
  }

  // (Fields that any command may have need not be in `known`.)
  static void check_fields(const Document& part, Fields known) {
    const Fields always{"maxTimeMS", "ordered", "writeConcern",
                        "lsid", "comment"};
    bson_iter_t field = part.begin();
    while (bson_iter_next(&field)) {
      const std::string_view name = name_of(field);
      const auto has = [&](Fields fields) {
        return std::find(fields.begin(), fields.end(), name) !=
               fields.end();
      };
      if (!name.starts_with('$') && !has(always) && !has(known)) {
        unknown(fmt::format("\"{}\" here", name));
      }
    }
  }

  static Document filter_in(const Document& part,
                            const char* key) {
    return part.has(key) ? part.document(key) : doc();
  }
  static std::int64_t number_in(const Document& part,
                                const char* key,
                                std::int64_t otherwise) {
    return part.has(key) ? part.number(key) : otherwise;
  }

  std::vector<Document> found(const std::string& name,
                              const Document& filter) {
    std::vector<Document> all;
    for (const Document& document : store_.documents(name)) {
      if (matches(document, filter)) all.push_back(document);
    }
    return all;
  }

  // Sleeps once for each document that the filter finds, but not
  // longer than the client's limit.
  asio::awaitable<void> sleep(std::string name, Document filter,
                              Document command) {
    const auto once = sleep_in(filter);
    if (once.count() == 0) co_return;
    const auto times =
        static_cast<std::int64_t>(found(name, filter).size());
    const auto limit = number_in(command, "maxTimeMS", 0);
    auto time = once * times;
    const bool too_long = limit > 0 && time.count() > limit;
    if (too_long) time = std::chrono::milliseconds(limit);
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             time);
    co_await timer.async_wait(asio::use_awaitable);
    if (too_long) {
      throw Error("operation exceeded time limit", 50);
    }
  }

  // Some of the documents; the cursor has the others.
  Document batch(const char* key, std::int64_t id,
                 Batches batches, std::int64_t limit) {
    constexpr std::size_t most = 16'000'000;  // bytes
    Builder list;
    std::size_t bytes = 0;
    int number = 0;
    while (batches.next < batches.documents.size() &&
           number < limit && bytes < most) {
      const Document& next = batches.documents[batches.next++];
      list.add(std::to_string(number++), next);
      bytes += next.bytes().size();
    }
    const std::string collection = batches.collection;
    if (batches.next == batches.documents.size()) {
      cursors_.erase(id);
      id = 0;
    } else {
      if (id == 0) id = ++last_cursor_;
      cursors_.insert_or_assign(id, std::move(batches));
    }
    return doc("cursor", doc(key, mongo::Array{list.document()},
                             "id", id, "ns", collection));
  }

  asio::awaitable<Document> find(Document command) {
    check_fields(command, {"find", "filter", "limit", "batchSize",
                           "singleBatch"});
    const std::string name = collection_of(command, "find");
    const Document filter = filter_in(command, "filter");
    co_await sleep(name, filter, command);
    auto documents = found(name, filter);
    const auto limit = number_in(command, "limit", 0);
    if (limit < 0) unknown("a negative limit");
    if (limit > 0 && documents.size() > std::size_t(limit)) {
      documents.resize(std::size_t(limit));
    }
    auto answer = batch("firstBatch", 0, {name, documents},
                        number_in(command, "batchSize", 101));
    if (command.truth("singleBatch")) {
      cursors_.erase(answer.number("cursor.id"));
      answer =
          doc("cursor",
              doc("firstBatch",
                  array_of(answer.documents("cursor.firstBatch")),
                  "id", std::int64_t(0), "ns", name));
    }
    co_return answer;
  }

  Document get_more(const Document& command) {
    check_fields(command, {"getMore", "collection", "batchSize"});
    const auto id = command.number("getMore");
    const auto cursor = cursors_.find(id);
    if (cursor == cursors_.end()) {
      throw Error(fmt::format("cursor id {} not found", id), 43);
    }
    return batch("nextBatch", id, cursor->second,
                 number_in(command, "batchSize", 1'000'000));
  }

  Document kill_cursors(const Document& command) {
    check_fields(command, {"killCursors", "cursors"});
    for (int i = 0;; ++i) {
      const auto place = fmt::format("cursors.{}", i);
      if (!command.has(place.c_str())) return doc();
      cursors_.erase(command.number(place.c_str()));
    }
  }

  asio::awaitable<Document> count(Document command) {
    check_fields(command, {"count", "query"});
    const std::string name = collection_of(command, "count");
    const Document filter = filter_in(command, "query");
    co_await sleep(name, filter, command);
    const auto size = found(name, filter).size();
    co_return doc("n", static_cast<int>(size));
  }

  // How many writes are done, and the first that was refused.
  // Those after it have not been tried.
  static Document written(int done, const Document& failure) {
    if (!failure.has("code")) return doc("n", done);
    return doc("n", done, "writeErrors", array(failure));
  }
  static Document failure(int index, const Error& error) {
    return doc("index", index, "code", error.code, "errmsg",
               error.what());
  }
  static void check_order(const Document& command) {
    if (command.has("ordered") && !command.truth("ordered")) {
      unknown("unordered writes");
    }
  }

  Document insert(const Document& command) {
    check_fields(command, {"insert", "documents"});
    check_order(command);
    const std::string name = collection_of(command, "insert");
    int done = 0;
    for (const Document& given : command.documents("documents")) {
      try {
        store_.insert(name, with_id(given));
      } catch (const Error& error) {
        return written(done, failure(done, error));
      }
      ++done;
    }
    return written(done, {});
  }

  // A document without `_id` gets one.
  static Document with_id(const Document& document) {
    if (document.has("_id")) return document;
    Builder builder;
    builder.add("_id", mongo::new_id());
    builder.add_all(document);
    return builder.document();
  }

  asio::awaitable<Document> update(Document command) {
    check_fields(command, {"update", "updates"});
    check_order(command);
    const std::string name = collection_of(command, "update");
    int done = 0;
    int modified = 0;
    int index = 0;
    for (const Document& part : command.documents("updates")) {
      check_fields(part, {"q", "u", "multi", "upsert"});
      if (part.truth("upsert")) unknown("upsert");
      const Document filter = part.document("q");
      co_await sleep(name, filter, command);
      try {
        for (const Document& old :
             chosen(name, filter, part.truth("multi"))) {
          const Document next = changed(old, part.document("u"));
          ++done;
          if (next.bytes() == old.bytes()) continue;
          store_.replace(name, next);
          ++modified;
        }
      } catch (const Error& error) {
        co_return written(done, failure(index, error));
      }
      ++index;
    }
    co_return doc("n", done, "nModified", modified);
  }

  std::vector<Document> chosen(const std::string& name,
                               const Document& filter, bool all) {
    auto documents = found(name, filter);
    if (!all && documents.size() > 1) documents.resize(1);
    return documents;
  }

  asio::awaitable<Document> remove(Document command) {
    check_fields(command, {"delete", "deletes"});
    check_order(command);
    const std::string name = collection_of(command, "delete");
    int done = 0;
    for (const Document& part : command.documents("deletes")) {
      check_fields(part, {"q", "limit"});
      const Document filter = part.document("q");
      co_await sleep(name, filter, command);
      for (const Document& document :
           chosen(name, filter, part.number("limit") == 0)) {
        store_.remove(name, document);
        ++done;
      }
    }
    co_return doc("n", done);
  }

  // An index makes a question quicker, which does not matter
  // here; a unique one is also a rule.
  Document make_unique(const Document& command) {
    check_fields(command, {"createIndexes", "indexes"});
    const auto name = collection_of(command, "createIndexes");
    for (const Document& index : command.documents("indexes")) {
      check_fields(index, {"key", "name", "unique"});
      if (!index.truth("unique")) continue;
      const Document key = index.document("key");
      bson_iter_t field = key.begin();
      if (!bson_iter_next(&field)) unknown("an empty key");
      const std::string only(name_of(field));
      if (bson_iter_next(&field)) unknown("a key of two fields");
      store_.make_unique(name, only);
    }
    return doc();
  }

  Store store_;
  std::map<std::int64_t, Batches> cursors_{};
  std::int64_t last_cursor_ = 0;
};

}  // namespace stand_in
