// What the page of lesson 33 promises of the reader of answers: it believes nothing.
#include "../../../lessons/33-dns/message.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

#include "stub.hpp"

using namespace std::string_literals;

namespace {

const std::string asked = dns::question(0x1234, "dairy.example");

dns::Question its_question() {
  return *dns::read_question(asked);
}

std::string header(unsigned flags, unsigned questions, unsigned records) {
  return dns::number(0x1234) + dns::number(flags) + dns::number(questions) + dns::number(records) +
         dns::number(0) + dns::number(0);
}

std::string record(std::string name, unsigned type, unsigned network, std::string data) {
  return name + dns::number(type) + dns::number(network) + dns::number(0) + dns::number(0) +
         dns::number(static_cast<unsigned>(data.size())) + data;
}

const std::string pointer = "\xc0\x0c"s;
const std::string address = "\xc0\x00\x02\x07"s;  // 192.0.2.7

dns::Answer read(const std::string& records, unsigned count) {
  return dns::read_answer(asked, header(0x8180, 1, count) + asked.substr(12) + records);
}

void refuses(const std::string& records, unsigned count) {
  CHECK_THROWS_AS(read(records, count), dns::Malformed);
}

}  // namespace

TEST_CASE("a question is twelve bytes, a name, a type and a class") {
  CHECK(asked ==
        "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
        "\5dairy\7example\0\0\1\0\1"s);
  CHECK(dns::question(0, "dairy.example.") == dns::question(0, "dairy.example"));
}

TEST_CASE("a name that DNS cannot have is not asked for") {
  const std::string longest(63, 'a');
  CHECK(dns::encoded(longest).size() == 65);
  for (const std::string& name : {""s, "."s, ".example"s, "dairy..example"s, longest + "a"}) {
    CHECK_THROWS_AS(dns::encoded(name), std::invalid_argument);
  }
  const std::string three = longest + "." + longest + "." + longest + ".";
  CHECK(dns::encoded(three + std::string(61, 'a')).size() == 255);
  CHECK_THROWS_AS(dns::encoded(three + std::string(62, 'a')), std::invalid_argument);
}

TEST_CASE("an answer is read") {
  const dns::Answer answer = dns::read_answer(asked, good(its_question()));
  CHECK(answer.status == 0);
  CHECK(!answer.is_cut);
  CHECK(answer.addresses == std::vector{right});
}

TEST_CASE("an answer must repeat the id and the question") {
  const dns::Question question = its_question();
  CHECK_THROWS_AS(dns::read_answer(asked, with_other_id(question)), dns::Malformed);
  CHECK_THROWS_AS(dns::read_answer(asked, to_other_name(question)), dns::Malformed);
  dns::Question other = question;
  other.bytes[other.bytes.size() - 3] = 28;  // the type
  CHECK_THROWS_AS(dns::read_answer(asked, dns::answer(other, 0, {wrong})), dns::Malformed);
  CHECK_THROWS_AS(dns::read_answer(asked, asked), dns::Malformed);
  for (const unsigned questions : {0U, 2U}) {
    const std::string bytes = header(0x8180, questions, 0) + asked.substr(12);
    CHECK_THROWS_AS(dns::read_answer(asked, bytes), dns::Malformed);
  }
}

TEST_CASE("an answer that ends early is refused, wherever it ends") {
  const std::string whole = good(its_question());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_THROWS_AS(dns::read_answer(asked, whole.substr(0, size)), dns::Malformed);
  }
}

TEST_CASE("a record's name is a pointer, or labels, or both") {
  for (const std::string& name : {pointer, "\5dairy\7example\0"s, "\5dairy\xc0\x12"s, "\0"s}) {
    CHECK(read(record(name, 1, 1, address), 1).addresses == std::vector{right});
  }
  refuses(record("\x40"s + std::string(64, 'a') + "\0"s, 1, 1, address), 1);
  refuses(record("\xbf"s + std::string(191, 'a') + "\0"s, 1, 1, address), 1);
}

TEST_CASE("only records with an address count") {
  const std::string alias = record(pointer, 5, 1, "\5other\7example\0"s);
  const std::string other_class = record(pointer, 1, 3, address);
  const std::string ipv6 = record(pointer, 28, 1, std::string(16, 'a'));
  const std::string ours = record("\5other\7example\0"s, 1, 1, address);
  CHECK(read(alias + other_class + ipv6 + ours + ours, 5).addresses == std::vector{right, right});
  CHECK(read(alias, 1).addresses.empty());
  refuses(record(pointer, 1, 1, address.substr(0, 3)), 1);
  refuses(record(pointer, 1, 1, address + "\0"s), 1);
  refuses(ours, 2);
}

TEST_CASE("a status and a cut answer are reported") {
  CHECK(dns::read_answer(asked, dns::answer(its_question(), 3, {})).status == 3);
  CHECK(dns::read_answer(asked, marked_as_cut(its_question())).is_cut);
  // Its records may end anywhere.
  const std::string bytes = header(0x8380, 1, 9) + asked.substr(12) + pointer;
  CHECK(dns::read_answer(asked, bytes).is_cut);
}

TEST_CASE("no bytes harm the reader") {
  std::minstd_rand random(1);
  const std::string whole = good(its_question());
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = whole;
    // (Not the id and the question: those must be right for the records to be read.)
    for (int changes = 0; changes < 3; ++changes) {
      const std::size_t place = 4 + random() % (bytes.size() - 4);
      if (place < 12 || place >= asked.size()) bytes[place] = static_cast<char>(random());
    }
    bytes.resize(bytes.size() - random() % 4);
    try {
      dns::read_answer(asked, bytes);
      ++read;
    } catch (const dns::Malformed&) {
    }
    dns::read_question(bytes);
  }
  CHECK(read > 100);
}

TEST_CASE("a name server does not answer what is not a question") {
  CHECK(dns::read_question(asked)->name == "dairy.example");
  CHECK(dns::read_question(asked)->type == dns::address_record);
  CHECK(!dns::read_question(good(its_question())));
  CHECK(!dns::read_question(header(0x0100, 2, 0) + asked.substr(12)));
  CHECK(!dns::read_question(header(0x0100, 1, 0) + pointer + "\0\1\0\1"s));
  for (std::size_t size = 0; size < asked.size(); ++size) {
    CHECK(!dns::read_question(asked.substr(0, size)));
  }
}
