// Questions and answers of DNS, as bytes. Look at how little the
// reader of an answer believes.
#pragma once

#include <algorithm>
#include <asio.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dns {

inline constexpr std::size_t header_size = 12;
inline constexpr std::size_t longest_label = 63;
inline constexpr std::size_t longest_name = 255;  // encoded
inline constexpr unsigned address_record = 1;     // type A
inline constexpr unsigned internet = 1;           // class IN
inline constexpr unsigned no_such_name = 3;       // a status

struct Malformed : std::runtime_error {
  Malformed() : std::runtime_error("not a DNS message") {}
};

// Two bytes, the high one first.
inline std::string number(unsigned value) {
  return {static_cast<char>(value >> 8 & 0xff),
          static_cast<char>(value & 0xff)};
}

// "dairy.example" becomes "\5dairy\7example\0".
inline std::string encoded(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string bytes;
  for (bool more = true; more;) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    if (label.empty() || label.size() > longest_label) {
      throw std::invalid_argument(
          "a part of the name is empty, or longer than 63 bytes");
    }
    bytes += static_cast<char>(label.size());
    bytes += label;
    more = dot != name.npos;
    if (more) name.remove_prefix(dot + 1);
  }
  bytes += '\0';
  if (bytes.size() > longest_name) {
    throw std::invalid_argument("the name is too long for DNS");
  }
  return bytes;
}

// "Which addresses does this name have? Recursion desired."
inline std::string question(std::uint16_t id,
                            std::string_view name) {
  return number(id) + number(0x0100) + number(1) + number(0) +
         number(0) + number(0) + encoded(name) +
         number(address_record) + number(internet);
}

// Reads from the front. Throws Malformed if too few are left.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) throw Malformed();
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  unsigned byte() {
    return static_cast<unsigned char>(take(1)[0]);
  }

  unsigned number() {
    const unsigned high = byte();
    return high << 8 | byte();
  }

  // A name ends with an empty part, or with a pointer to another
  // place in the message, where it goes on.
  void skip_name() {
    for (unsigned size = byte(); size != 0; size = byte()) {
      if (size >= 0xc0) {
        byte();
        return;
      }
      if (size > longest_label) throw Malformed();
      take(size);
    }
  }

  std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

struct Answer {
  unsigned status = 0;  // 0: all is well, 3: no such name
  bool is_cut = false;  // it did not fit into a datagram
  std::vector<asio::ip::address_v4> addresses;
};

// The answer in `bytes` to the question `asked`: the id must be
// the same, and the question must be repeated to the letter.
// Throws Malformed.
inline Answer read_answer(std::string_view asked,
                          std::string_view bytes) {
  Reader reader(bytes);
  const std::string_view id = reader.take(2);
  const unsigned flags = reader.number();
  const unsigned questions = reader.number();
  const unsigned records = reader.number();
  reader.take(4);  // two counts of records that we do not want
  const bool is_answer = flags >> 15 == 1 && questions == 1;
  const std::string_view repeated = asked.substr(header_size);
  if (!is_answer || id != asked.substr(0, 2) ||
      reader.take(repeated.size()) != repeated) {
    throw Malformed();
  }

  Answer answer;
  answer.status = flags & 0xf;
  answer.is_cut = (flags >> 9 & 1) == 1;
  for (unsigned i = 0; i < records && !answer.is_cut; ++i) {
    reader.skip_name();
    const unsigned type = reader.number();
    const unsigned network = reader.number();
    reader.take(4);  // for how many seconds it may be kept
    const std::string_view data = reader.take(reader.number());
    asio::ip::address_v4::bytes_type address;
    if (type != address_record || network != internet) continue;
    if (data.size() != address.size()) throw Malformed();
    std::copy(data.begin(), data.end(), address.begin());
    answer.addresses.emplace_back(address);
  }
  return answer;
}

}  // namespace dns
