// MongoDB's protocol: a question is a document in a message, and
// so is its answer. Look at how an answer says whose it is.
#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "document.hpp"

namespace mongo {

// Four bytes, the lowest first.
inline std::string number(std::int32_t value) {
  const auto bits = static_cast<std::uint32_t>(value);
  std::string bytes;
  for (int place = 0; place < 32; place += 8) {
    bytes += static_cast<char>(bits >> place & 0xff);
  }
  return bytes;
}

inline std::int32_t number_at(std::string_view bytes,
                              std::size_t place) {
  std::uint32_t bits = 0;
  for (std::size_t byte = 4; byte-- > 0;) {
    const char next = bytes.at(place + byte);
    bits = bits << 8 | static_cast<unsigned char>(next);
  }
  return static_cast<std::int32_t>(bits);
}

// Every message begins with four numbers.
struct Head {
  static constexpr std::size_t size = 16;

  explicit Head(std::string_view bytes)
      : length(number_at(bytes, 0)),
        id(number_at(bytes, 4)),
        answers(number_at(bytes, 8)),
        code(number_at(bytes, 12)) {
    // (The shortest has an empty document.)
    if (length < 26 || length > 48'000'000) {
      throw Malformed("a message of an impossible length");
    }
  }
  std::size_t rest() const {
    return static_cast<std::size_t>(length) - size;
  }

  std::int32_t length;   // of the whole message
  std::int32_t id;       // its number
  std::int32_t answers;  // the number of the question, or 0
  std::int32_t code;
};

inline constexpr std::int32_t op_msg = 2013;

// Between the head and the document there are four bytes for
// flags, all 0, and one more byte: "a document follows".
inline std::string message(std::int32_t id, std::int32_t answers,
                           const Document& document) {
  const std::string rest = number(0) + '\0' + document.bytes();
  const auto length = Head::size + rest.size();
  return number(static_cast<std::int32_t>(length)) + number(id) +
         number(answers) + number(op_msg) + rest;
}

// The head of an answer to our question `id`.
inline Head read_head(std::string_view bytes, std::int32_t id) {
  const Head head(bytes);
  if (head.code != op_msg) {
    throw Malformed("the answer is not an OP_MSG");
  }
  if (head.answers != id) {
    throw Malformed(fmt::format(
        "the answer to question {}, not {}", head.answers, id));
  }
  return head;
}

inline Document read_document(std::string_view rest) {
  const bool is_plain = number_at(rest, 0) == 0;
  if (!is_plain || rest[4] != 0) {
    throw Malformed("a kind of answer that we did not ask for");
  }
  return Document(std::string(rest.substr(5)));
}

}  // namespace mongo
