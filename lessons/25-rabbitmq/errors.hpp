// What can go wrong with a broker: two kinds of failure. Look at
// which of them is worth another try.
#pragma once

#include <stdexcept>
#include <string>

#include "library.hpp"

namespace amqp {

// The connection broke. The next one may do better.
struct Lost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The broker says no, and would say so again.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline std::string text_of(amqp_bytes_t bytes) {
  return {static_cast<const char*>(bytes.bytes), bytes.len};
}

// The library reports a failure as a negative number.
inline void check(const std::string& what, int status) {
  if (status >= 0) return;
  throw Lost(what + ": " + amqp_error_string2(status));
}

// The broker hangs up with a number and a text. Three of the
// numbers mean trouble of its own, the others a bad request.
[[noreturn]] inline void fail(const std::string& what, int code,
                              amqp_bytes_t why) {
  const std::string sentence = what + ": " + text_of(why);
  const bool is_its_own = code == AMQP_CONNECTION_FORCED ||
                          code == AMQP_RESOURCE_ERROR ||
                          code == AMQP_INTERNAL_ERROR;
  if (is_its_own) throw Lost(sentence);
  throw Refused(sentence);
}

inline void check_open(const std::string& what,
                       const amqp_method_t& said) {
  if (said.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto* it =
        static_cast<amqp_channel_close_t*>(said.decoded);
    fail(what, it->reply_code, it->reply_text);
  }
  if (said.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto* it =
        static_cast<amqp_connection_close_t*>(said.decoded);
    fail(what, it->reply_code, it->reply_text);
  }
}

// The answer to a request: yes, no, or no answer.
inline void check(const std::string& what,
                  const amqp_rpc_reply_t& answer) {
  if (answer.reply_type == AMQP_RESPONSE_NORMAL) return;
  if (answer.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) {
    check_open(what, answer.reply);
  }
  check(what, answer.library_error);
  throw Lost(what + ": no answer");
}

}  // namespace amqp
