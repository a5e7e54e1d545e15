// What is in a stream, found in Redis' nested answers.
#pragma once

#include <string>
#include <vector>

#include "reply.hpp"

namespace redis {

struct Entry {
  std::string id;    // given by Redis: "1700000000000-0"
  std::string text;  // the value of its first field
};

// A list of [id, [field, value, ...]].
inline std::vector<Entry> entries_of(const Reply& list) {
  std::vector<Entry> entries;
  for (const Reply& entry : list.items) {
    if (entry.nil) continue;  // deleted by now
    const Reply& fields = entry.items.at(1);
    if (fields.nil) continue;  // also deleted
    entries.push_back(
        {entry.items.at(0).text, fields.items.at(1).text});
  }
  return entries;
}

// XREADGROUP of one stream answers [[stream, list]], or nothing.
inline std::vector<Entry> entries_read(const Reply& reply) {
  if (reply.nil) return {};
  return entries_of(reply.items.at(0).items.at(1));
}

// XAUTOCLAIM answers [where to go on, list, ids of the deleted].
inline std::vector<Entry> entries_claimed(const Reply& reply) {
  return entries_of(reply.items.at(1));
}

}  // namespace redis
