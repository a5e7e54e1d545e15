// The ways in which a question can fail. Look at the difference
// between "no" and no answer.
#pragma once

#include <stdexcept>
#include <string>

#include "document.hpp"

namespace mongo {

// The server has refused. `code` is its number for the reason.
struct Error : std::runtime_error {
  explicit Error(const std::string& why, int code = 0)
      : std::runtime_error(why), code(code) {}
  int code;
};

// There was no answer. What was asked for may or may not have
// been done.
struct Lost : Error {
  using Error::Error;
};

inline constexpr int duplicate_key = 11000;

inline void throw_error_in(const Document& part) {
  const bool has_code = part.has("code");
  const auto code = has_code ? part.number("code") : 0;
  throw Error(part.text("errmsg"), static_cast<int>(code));
}

// "ok" says that the question was understood. What became of a
// write is in the rest of the answer.
inline void throw_refusal(const Document& answer) {
  if (!answer.truth("ok")) throw_error_in(answer);
  for (const char* failure :
       {"writeErrors.0", "writeConcernError"}) {
    if (answer.has(failure)) {
      throw_error_in(answer.document(failure));
    }
  }
}

}  // namespace mongo
