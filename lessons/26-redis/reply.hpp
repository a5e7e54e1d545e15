// What Redis answers, copied out of the library's memory. Look
// at the three ways in which a command can end.
#pragma once

#include <hiredis/hiredis.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace redis {

struct Reply {
  std::string text;          // also of a number, in digits
  std::vector<Reply> items;  // of a list
  bool nil = false;          // there was nothing to answer
};

// Redis has received the command, and refuses it.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// There is no answer, and no telling what became of the command:
// it may have been carried out.
struct Disconnected : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline Reply copy_of(const redisReply& reply) {
  Reply copy;
  copy.nil = reply.type == REDIS_REPLY_NIL;
  if (reply.type == REDIS_REPLY_INTEGER) {
    copy.text = std::to_string(reply.integer);
  } else if (reply.type == REDIS_REPLY_ARRAY) {
    for (std::size_t i = 0; i < reply.elements; ++i) {
      copy.items.push_back(copy_of(*reply.element[i]));
    }
  } else if (reply.str != nullptr) {
    copy.text.assign(reply.str, reply.len);
  }
  return copy;
}

// `reply` is null if the connection has ended, for `reason`.
inline Reply checked(const redisReply* reply,
                     const std::string& reason) {
  if (reply == nullptr) throw Disconnected(reason);
  Reply copy = copy_of(*reply);
  if (reply->type == REDIS_REPLY_ERROR) {
    // Redis has just been started, and is reading its log.
    if (copy.text.starts_with("LOADING")) {
      throw Disconnected(copy.text);
    }
    throw Error(copy.text);
  }
  return copy;
}

}  // namespace redis
