// Part of the stand-in: a message from any client. Look at the
// second form, in which a driver says its first hello.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "message.hpp"

namespace stand_in {

// Reads bytes from outside, in order.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return bytes_.empty(); }
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) {
      throw mongo::Malformed("a message is too short");
    }
    const auto taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  std::int32_t number() { return mongo::number_at(take(4), 0); }
  std::string name() {
    const std::string found(bytes_.substr(0, bytes_.find('\0')));
    take(found.size() + 1);
    return found;
  }
  mongo::Document document() {
    if (bytes_.size() < 4) {
      throw mongo::Malformed("a message is too short");
    }
    const auto size =
        static_cast<std::uint32_t>(mongo::number_at(bytes_, 0));
    return mongo::Document(std::string(take(size)));
  }

 private:
  std::string_view bytes_;
};

struct Request {
  Request(const mongo::Head& head, std::string_view rest)
      : head(head) {
    if (head.code == mongo::op_msg) {
      read_message(rest);
    } else if (head.code == op_query) {
      read_query(rest);
    } else {
      throw mongo::Malformed("neither OP_MSG nor OP_QUERY");
    }
  }

  std::string reply(std::int32_t id,
                    const mongo::Document& answer) const {
    if (head.code == mongo::op_msg) {
      return mongo::message(id, head.id, answer);
    }
    using mongo::number;
    const std::string body = number(8) + std::string(8, '\0') +
                             number(0) + number(1) +
                             answer.bytes();
    const auto length = mongo::Head::size + body.size();
    return number(static_cast<std::int32_t>(length)) +
           number(id) + number(head.id) + number(1) + body;
  }

  mongo::Head head;
  mongo::Document command{};
  bool wants_answer = true;

 private:
  static constexpr std::int32_t op_query = 2004;

  void read_message(std::string_view rest) {
    constexpr std::uint32_t checksum = 1;
    constexpr std::uint32_t no_answer = 2;
    constexpr std::uint32_t optional = 0xffff'0000;
    const auto flags =
        static_cast<std::uint32_t>(Reader(rest).number());
    if ((flags & ~(checksum | no_answer | optional)) != 0) {
      throw mongo::Malformed("an unknown flag");
    }
    wants_answer = (flags & no_answer) == 0;
    if ((flags & checksum) != 0) {
      if (rest.size() < 8) throw mongo::Malformed("no checksum");
      rest.remove_suffix(4);
    }
    Reader reader(rest.substr(4));
    // A long array may come in its own section.
    std::map<std::string, std::vector<mongo::Document>> arrays;
    mongo::Document body;
    while (!reader.at_end()) {
      const char kind = reader.take(1)[0];
      if (kind == 0) {
        body = reader.document();
      } else if (kind == 1) {
        read_section(reader, arrays);
      } else {
        throw mongo::Malformed("an unknown section");
      }
    }
    mongo::Builder all;
    all.add_all(body);
    for (const auto& [name, documents] : arrays) {
      all.add(name, mongo::array_of(documents));
    }
    command = all.document();
  }

  static void read_section(
      Reader& reader,
      std::map<std::string, std::vector<mongo::Document>>&
          arrays) {
    const auto size = static_cast<std::uint32_t>(reader.number());
    if (size < 4)
      throw mongo::Malformed("a section is too short");
    Reader section(reader.take(size - 4));
    auto& documents = arrays[section.name()];
    while (!section.at_end()) {
      documents.push_back(section.document());
    }
  }

  // Flags, the name "admin.$cmd", which is not a collection, and
  // two numbers.
  void read_query(std::string_view rest) {
    Reader reader(rest);
    reader.number();
    reader.name();
    reader.take(8);
    command = reader.document();
  }
};

}  // namespace stand_in
