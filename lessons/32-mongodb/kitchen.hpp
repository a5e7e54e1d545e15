// What is on the kitchen's shelf, and its commands. Look at the
// one that takes a portion.
#pragma once

#include <fmt/core.h>

#include <chrono>
#include <string>

#include "address.hpp"
#include "blocking.hpp"
#include "document.hpp"

// Starts afresh, whatever an earlier run has left.
inline void open_kitchen(const mongo::Address& address) {
  using mongo::array, mongo::doc;
  mongo::BlockingConnection kitchen(address);
  for (const char* collection : {"shelf", "orders"}) {
    kitchen.command(doc("delete", collection, "deletes",
                        array(doc("q", doc(), "limit", 0))));
  }
  kitchen.command(doc("insert", "shelf", "documents",
                      array(doc("_id", "soup", "portions", 2),
                            doc("_id", "bread", "portions", 2000),
                            doc("_id", "cake", "portions", 3))));
}

inline mongo::Document question(const std::string& dish) {
  using mongo::doc;
  return doc("find", "shelf", "filter", doc("_id", dish));
}

// The same, but it takes `time`. `$where` is JavaScript, which
// the server runs for each document that the rest of the filter
// has found. Here it sleeps.
inline mongo::Document slow_question(
    const std::string& dish, std::chrono::milliseconds time) {
  using mongo::doc;
  const auto sleep =
      fmt::format("sleep({}) || true", time.count());
  return doc("find", "shelf", "filter",
             doc("_id", dish, "$where", sleep));
}

// Takes a portion, if there is one. In the answer "n" is 1 if the
// filter has found the dish, otherwise 0.
inline mongo::Document take_portion(const std::string& dish,
                                    const std::string& guest) {
  using mongo::doc;
  const auto filter = doc("_id", dish, "portions", doc("$gt", 0));
  const auto change = doc("$inc", doc("portions", -1), "$push",
                          doc("guests", guest));
  return doc("update", "shelf", "updates",
             mongo::array(doc("q", filter, "u", change)));
}

// The only document that was found.
inline mongo::Document first_in(const mongo::Document& answer) {
  return answer.documents("cursor.firstBatch").at(0);
}

inline mongo::Document count_orders(const mongo::Document& of) {
  return mongo::doc("count", "orders", "query", of);
}
