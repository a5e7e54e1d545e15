// What lesson 32 says that its stand-in can do, and that it refuses the rest.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>

#include <asio.hpp>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "../../../lessons/32-mongodb/answer.hpp"
#include "../../../lessons/32-mongodb/blocking.hpp"
#include "../../../lessons/32-mongodb/document.hpp"
#include "../../../lessons/32-mongodb/message.hpp"
#include "../../../lessons/32-mongodb/request.hpp"
#include "../../../lessons/32-mongodb/stand_in.hpp"
#include "../tasks.hpp"
#include "server_program.hpp"
#include "temporary_folder.hpp"

using mongo::array, mongo::doc, mongo::Document, mongo::Malformed;
using stand_in::Request, stand_in::StandIn;

namespace {

// A stand-in without a socket.
class Kitchen {
 public:
  explicit Kitchen(const std::string& log = "") : stand_in_(log) {}

  Document answer(const Document& command) {
    mongo::Builder whole;
    whole.add_all(command);
    whole.add("$db", "workbook");
    Document answer;
    const auto ask = [&]() -> asio::awaitable<void> {
      answer = co_await stand_in_.answer(whole.document());
    };
    run(ask());
    return answer;
  }

  // What it is refused with; 0 if it is not.
  std::int64_t refusal(const Document& command) {
    const Document all = answer(command);
    if (!all.truth("ok")) return all.number("code");
    return all.has("writeErrors.0") ? all.number("writeErrors.0.code") : 0;
  }

  void insert(const Document& document) {
    CHECK(refusal(doc("insert", "orders", "documents", array(document))) == 0);
  }

  std::vector<Document> find(const Document& filter) {
    return answer(doc("find", "orders", "filter", filter)).documents("cursor.firstBatch");
  }

  // The numbers of those that are found.
  std::string numbers(const Document& filter) {
    std::string all;
    for (const Document& order : find(filter)) all += std::to_string(order.number("_id"));
    return all;
  }

  std::int64_t update(const Document& filter, const Document& change, bool all = false) {
    return answer(doc("update", "orders", "updates",
                      array(doc("q", filter, "u", change, "multi", all))))
        .number("n");
  }

 private:
  StandIn stand_in_;
};

Document insert_of(const Document& document) {
  return doc("insert", "orders", "documents", array(document));
}

// A message with these sections.
std::string raw(std::uint32_t flags, const std::string& sections, std::int32_t code = 2013) {
  const std::string rest = mongo::number(static_cast<std::int32_t>(flags)) + sections;
  return mongo::number(static_cast<std::int32_t>(16 + rest.size())) + mongo::number(5) +
         mongo::number(0) + mongo::number(code) + rest;
}

Request request(const std::string& bytes) {
  return Request(mongo::Head(bytes), std::string_view(bytes).substr(16));
}

std::string section(const std::string& name, const std::vector<Document>& documents) {
  std::string all = name + '\0';
  for (const Document& document : documents) all += document.bytes();
  return '\1' + mongo::number(static_cast<std::int32_t>(all.size() + 4)) + all;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// No file of this process gets longer.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uintmax_t size) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{size, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &now) == 0);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

const std::string body = '\0' + doc("ping", 1, "$db", "workbook").bytes();

}  // namespace

TEST_CASE("a filter finds what it describes") {
  Kitchen kitchen;
  kitchen.insert(doc("_id", 1, "guest", "Ann", "portions", 2));
  kitchen.insert(doc("_id", 2, "guest", "Ben", "portions", 2.5));
  kitchen.insert(doc("_id", 3, "guest", "Cleo", "portions", std::int64_t(3), "dishes",
                     array("soup", "bread")));
  kitchen.insert(doc("_id", 4, "guest", "Dora", "table", doc("number", 7)));
  CHECK(kitchen.numbers(doc()) == "1234");
  CHECK(kitchen.numbers(doc("_id", 2)) == "2");
  CHECK(kitchen.numbers(doc("_id", 2.0)) == "2");
  CHECK(kitchen.numbers(doc("_id", std::int64_t(2))) == "2");
  CHECK(kitchen.numbers(doc("_id", "2")) == "");
  CHECK(kitchen.numbers(doc("guest", "Ben", "portions", 2.5)) == "2");
  CHECK(kitchen.numbers(doc("guest", "Ben", "portions", 2)) == "");
  CHECK(kitchen.numbers(doc("portions", doc("$gt", 2))) == "23");
  CHECK(kitchen.numbers(doc("portions", doc("$gte", 2, "$lt", 3))) == "12");
  CHECK(kitchen.numbers(doc("portions", doc("$lte", 2.5))) == "12");
  CHECK(kitchen.numbers(doc("portions", doc("$ne", 2))) == "234");
  CHECK(kitchen.numbers(doc("portions", doc("$eq", 3))) == "3");
  CHECK(kitchen.numbers(doc("portions", doc("$exists", false))) == "4");
  CHECK(kitchen.numbers(doc("portions", doc("$gt", "2"))) == "");
  CHECK(kitchen.numbers(doc("guest", doc("$gt", "Ben"))) == "34");
  CHECK(kitchen.numbers(doc("dishes", "bread")) == "3");
  CHECK(kitchen.numbers(doc("dishes", doc("$ne", "bread"))) == "124");
  CHECK(kitchen.numbers(doc("dishes.0", "soup")) == "3");
  CHECK(kitchen.numbers(doc("table.number", 7)) == "4");
  CHECK(kitchen.numbers(doc("table", doc("number", 7))) == "4");
  CHECK(kitchen.numbers(doc("table", doc("number", 8))) == "");
  CHECK(kitchen.answer(doc("count", "orders", "query", doc("portions", 2))).number("n") == 1);
  CHECK(kitchen.answer(doc("count", "orders")).number("n") == 4);
}

TEST_CASE("a change changes what it names") {
  Kitchen kitchen;
  kitchen.insert(doc("_id", 1, "portions", 2, "guest", "Ann"));
  CHECK(kitchen.update(doc("_id", 1), doc("$inc", doc("portions", -3))) == 1);
  CHECK(kitchen.find(doc()).at(0).bytes() == doc("_id", 1, "portions", -1, "guest", "Ann").bytes());
  CHECK(kitchen.update(doc("_id", 1), doc("$set", doc("guest", "Ben", "table", 7))) == 1);
  CHECK(kitchen.update(doc("_id", 1), doc("$push", doc("dishes", "soup"))) == 1);
  CHECK(kitchen.update(doc("_id", 1), doc("$push", doc("dishes", "bread"), "$inc",
                                          doc("tips", 0.5, "portions", std::int64_t(1) << 40))) ==
        1);
  CHECK(kitchen.find(doc()).at(0).bytes() == doc("_id", 1, "portions", (std::int64_t(1) << 40) - 1,
                                                 "guest", "Ben", "table", 7, "dishes",
                                                 array("soup", "bread"), "tips", 0.5)
                                                 .bytes());
  CHECK(kitchen.update(doc("_id", 9), doc("$inc", doc("portions", 1))) == 0);
  kitchen.insert(doc("_id", 2));
  const Document once = kitchen.answer(
      doc("update", "orders", "updates",
          array(doc("q", doc(), "u", doc("$set", doc("seen", true)), "multi", true))));
  CHECK(once.number("n") == 2);
  CHECK(once.number("nModified") == 2);
  const Document again = kitchen.answer(
      doc("update", "orders", "updates",
          array(doc("q", doc(), "u", doc("$set", doc("seen", true)), "multi", true))));
  CHECK(again.number("n") == 2);
  CHECK(again.number("nModified") == 0);
  CHECK(kitchen.update(doc(), doc("$set", doc("seen", 1))) == 1);
}

TEST_CASE("a sum that does not fit, and other nonsense, is refused") {
  Kitchen kitchen;
  const auto most = std::int64_t(9'223'372'036'854'775'807);
  kitchen.insert(doc("_id", 1, "portions", most, "guest", "Ann", "small", 2'147'483'647));
  const auto refusal = [&](const Document& change) {
    return kitchen.refusal(doc("update", "orders", "updates", array(doc("q", doc(), "u", change))));
  };
  CHECK(refusal(doc("$inc", doc("portions", 1))) == 2);
  CHECK(refusal(doc("$inc", doc("guest", 1))) == 14);
  CHECK(refusal(doc("$inc", doc("small", "1"))) == 14);
  CHECK(refusal(doc("$push", doc("guest", 1))) == 2);
  CHECK(refusal(doc("$set", doc("_id", 2))) == 2);
  CHECK(refusal(doc("$set", doc("a.b", 2))) == 2);
  CHECK(refusal(doc("$unset", doc("guest", 1))) == 2);
  CHECK(refusal(doc("guest", "Ben")) == 2);
  CHECK(refusal(doc("$inc", doc("small", 1))) == 0);
  CHECK(kitchen.find(doc()).at(0).number("small") == 2'147'483'648);
}

TEST_CASE("what the stand-in does not know, it refuses") {
  Kitchen kitchen;
  kitchen.insert(doc("_id", 1));
  CHECK(kitchen.refusal(doc("aggregate", "orders")) == 59);
  CHECK(kitchen.refusal(doc("find", "orders", "sort", doc("_id", 1))) == 2);
  CHECK(kitchen.refusal(doc("find", "orders", "projection", doc("_id", 1))) == 2);
  CHECK(kitchen.refusal(doc("find", "orders", "tailable", true)) == 2);
  CHECK(kitchen.refusal(doc("find", "orders", "limit", -1)) == 2);
  CHECK(kitchen.refusal(doc("find", "orders", "filter", doc("$or", array(doc())))) == 2);
  CHECK(kitchen.refusal(doc("find", "orders", "filter", doc("_id", doc("$in", array(1))))) == 2);
  for (const char* script :
       {"true", "sleep(1)", "sleep(-1) || true", "sleep(0) || true", "sleep(x) || true",
        "sleep(1) || true;", "sleep(99999999999) || true"}) {
    CAPTURE(script);
    CHECK(kitchen.refusal(doc("find", "orders", "filter", doc("$where", script))) == 2);
  }
  CHECK(kitchen.refusal(doc("insert", "orders", "documents", array(doc()), "ordered", false)) == 2);
  CHECK(kitchen.refusal(doc("update", "orders", "updates",
                            array(doc("q", doc(), "u", doc(), "upsert", true)))) == 2);
  CHECK(kitchen.refusal(doc("insert", "orders")) == 9);
  CHECK(kitchen.refusal(doc("find", 1)) == 9);
  CHECK(kitchen.refusal(doc("createIndexes", "orders", "indexes",
                            array(doc("key", doc("a", 1, "b", 1), "unique", true)))) == 2);
  CHECK(kitchen.find(doc()).size() == 1);
}

TEST_CASE("no value of a unique key occurs twice") {
  Kitchen kitchen;
  kitchen.insert(doc("_id", 1, "table", 7));
  CHECK(kitchen.refusal(insert_of(doc("_id", 1, "table", 8))) == 11000);
  CHECK(kitchen.refusal(insert_of(doc("_id", 1.0))) == 11000);
  CHECK(kitchen.refusal(insert_of(doc("_id", std::int64_t(1)))) == 11000);
  CHECK(kitchen.refusal(insert_of(doc("_id", 1.5))) == 0);
  CHECK(kitchen.refusal(insert_of(doc("_id", 1.5))) == 11000);
  CHECK(kitchen.refusal(insert_of(doc("_id", "1", "table", 7))) == 0);
  CHECK(kitchen.refusal(insert_of(doc("_id", "1"))) == 11000);
  CHECK(kitchen.refusal(insert_of(doc("_id", doc("a", 1)))) == 0);
  CHECK(kitchen.refusal(insert_of(doc("_id", doc("a", 1)))) == 11000);
  Kitchen strict;
  CHECK(strict.refusal(doc("createIndexes", "orders", "indexes",
                           array(doc("key", doc("table", 1), "name", "t", "unique", true)))) == 0);
  strict.insert(doc("_id", 1, "table", 7));
  strict.insert(doc("_id", 2, "table", 8));
  const Document refused = strict.answer(insert_of(doc("_id", 3, "table", 7)));
  CHECK(refused.number("writeErrors.0.code") == 11000);
  CHECK(refused.text("writeErrors.0.errmsg") ==
        "E11000 duplicate key error index: table_1 dup key: { \"table\" : 7 }");
  // Two documents have the same guest (none) already.
  CHECK(strict.refusal(doc("createIndexes", "orders", "indexes",
                           array(doc("key", doc("guest", 1), "unique", true)))) == 11000);
  const auto move = doc("update", "orders", "updates",
                        array(doc("q", doc("_id", 2), "u", doc("$set", doc("table", 7)))));
  CHECK(strict.refusal(move) == 11000);
  CHECK(strict.update(doc("_id", 2), doc("$set", doc("table", 8, "guest", "Ben"))) == 1);
  // The documents before a refused one stay, and those after it are not tried.
  const Document some = strict.answer(
      doc("insert", "orders", "documents",
          array(doc("_id", 4, "table", 4), doc("_id", 4, "table", 5), doc("_id", 6, "table", 6))));
  CHECK(some.number("n") == 1);
  CHECK(some.number("writeErrors.0.index") == 1);
  CHECK(strict.numbers(doc()) == "124");
}

TEST_CASE("a document without a name gets one") {
  Kitchen kitchen;
  kitchen.insert(doc("guest", "Ann"));
  kitchen.insert(doc("guest", "Ann"));
  const auto both = kitchen.find(doc());
  REQUIRE(both.size() == 2);
  CHECK(both[0].has("_id"));
  CHECK(both[0].bytes() != both[1].bytes());
}

TEST_CASE("deleting takes one, or all") {
  Kitchen kitchen;
  for (int number = 1; number <= 4; ++number) {
    kitchen.insert(doc("_id", number, "odd", number % 2));
  }
  const auto remove = [&](const Document& filter, int limit) {
    return kitchen
        .answer(doc("delete", "orders", "deletes", array(doc("q", filter, "limit", limit))))
        .number("n");
  };
  CHECK(remove(doc("odd", 1), 1) == 1);
  CHECK(kitchen.numbers(doc()) == "234");
  CHECK(remove(doc("odd", 0), 0) == 2);
  CHECK(kitchen.numbers(doc()) == "3");
  CHECK(remove(doc("odd", 0), 0) == 0);
}

TEST_CASE("a cursor ends with its last document, or when only one batch is asked for") {
  Kitchen kitchen;
  for (int number = 1; number <= 5; ++number) kitchen.insert(doc("_id", number));
  const Document first = kitchen.answer(doc("find", "orders", "batchSize", 2));
  const auto id = first.number("cursor.id");
  CHECK(id != 0);
  CHECK(first.documents("cursor.firstBatch").size() == 2);
  const auto more = doc("getMore", id, "collection", "orders", "batchSize", 2);
  CHECK(kitchen.answer(more).number("cursor.id") == id);
  const Document last = kitchen.answer(more);
  CHECK(last.documents("cursor.nextBatch").size() == 1);
  CHECK(last.number("cursor.id") == 0);
  CHECK(kitchen.refusal(more) == 43);
  const Document single =
      kitchen.answer(doc("find", "orders", "batchSize", 2, "singleBatch", true));
  CHECK(single.documents("cursor.firstBatch").size() == 2);
  CHECK(single.number("cursor.id") == 0);
}

TEST_CASE("a batch holds no more than 16 MB or so") {
  Kitchen kitchen;
  const std::string large(6'000'000, 'x');
  for (int number = 1; number <= 4; ++number) kitchen.insert(doc("_id", number, "text", large));
  const Document first = kitchen.answer(doc("find", "orders"));
  CHECK(first.documents("cursor.firstBatch").size() == 3);
  CHECK(first.number("cursor.id") != 0);
}

TEST_CASE("what was acknowledged is in the log") {
  const workbook::TemporaryFolder folder;
  const std::string log = folder.path() / "log";
  {
    Kitchen kitchen(log);
    CHECK(kitchen.refusal(doc("createIndexes", "orders", "indexes",
                              array(doc("key", doc("table", 1), "unique", true)))) == 0);
    kitchen.insert(doc("_id", 1, "table", 1));
    kitchen.insert(doc("_id", 2, "table", 2));
    kitchen.insert(doc("_id", 3, "table", 3));
    CHECK(kitchen.update(doc("_id", 2), doc("$set", doc("guest", "Ben"))) == 1);
    kitchen.answer(doc("delete", "orders", "deletes", array(doc("q", doc("_id", 1), "limit", 0))));
  }
  const std::uintmax_t whole = std::filesystem::file_size(log);
  {
    Kitchen kitchen(log);
    CHECK(kitchen.numbers(doc()) == "23");
    CHECK(kitchen.numbers(doc("guest", "Ben")) == "2");
    CHECK(kitchen.refusal(insert_of(doc("_id", 4, "table", 3))) == 11000);
    kitchen.insert(doc("_id", 4, "table", 4));
  }
  // The last entry was not written to its end: what was acknowledged before it is there.
  const std::string all = content_of(log);
  for (std::size_t size = whole; size < all.size(); ++size) {
    std::ofstream(log, std::ios::binary) << all.substr(0, size);
    Kitchen kitchen(log);
    CHECK(kitchen.numbers(doc()) == "23");
  }
  CHECK(std::filesystem::file_size(log) == whole);
  Kitchen kitchen(log);
  kitchen.insert(doc("_id", 5, "table", 5));
  Kitchen next(log);
  CHECK(next.numbers(doc()) == "235");
}

TEST_CASE("a log that is not a log is not cut off") {
  const workbook::TemporaryFolder folder;
  const std::string log = folder.path() / "log";
  const std::string text("\4\0\0\0 my recipes", 15);
  std::ofstream(log, std::ios::binary) << text;
  CHECK_THROWS_AS(Kitchen kitchen(log), Malformed);
  CHECK(content_of(log) == text);
}

TEST_CASE("a change that cannot be written is not done") {
  const workbook::TemporaryFolder folder;
  const std::string log = folder.path() / "log";
  {
    Kitchen kitchen(log);
    kitchen.insert(doc("_id", 1));
    const auto size = std::filesystem::file_size(log);
    {
      const FileSizeLimit limit(size + 10);
      CHECK_THROWS_AS(kitchen.answer(insert_of(doc("_id", 2))), std::system_error);
    }
    CHECK(std::filesystem::file_size(log) == size);
    CHECK(kitchen.numbers(doc()) == "1");
    kitchen.insert(doc("_id", 3));
  }
  Kitchen kitchen(log);
  CHECK(kitchen.numbers(doc()) == "13");
}

TEST_CASE("a request is read in each form that a client may use") {
  const Request plain = request(raw(0, body));
  CHECK(plain.command.number("ping") == 1);
  CHECK(plain.wants_answer);
  CHECK(!request(raw(2, body)).wants_answer);
  CHECK(request(raw(1, body + "abcd")).command.number("ping") == 1);
  CHECK(request(raw(1 << 16, body)).command.number("ping") == 1);
  const std::string two = section("documents", {doc("_id", 1), doc("_id", 2)});
  for (const std::string& order : {body + two, two + body}) {
    CHECK(request(raw(0, order)).command.documents("documents").size() == 2);
  }
  const std::string old =
      std::string("admin.$cmd") + '\0' + std::string(8, '\0') + doc("isMaster", 1).bytes();
  const Request hello = request(raw(0, old, 2004));
  CHECK(hello.command.number("isMaster") == 1);
  const std::string reply = hello.reply(9, doc("ok", 1.0));
  const mongo::Head head(reply);
  CHECK(head.code == 1);
  CHECK(head.answers == 5);
  CHECK(head.length == static_cast<std::int32_t>(reply.size()));
  CHECK(reply.substr(36) == doc("ok", 1.0).bytes());
  CHECK(mongo::number_at(reply, 32) == 1);
}

TEST_CASE("a request of any other form is refused, and read no further than it goes") {
  const std::string two = section("documents", {doc("_id", 1), doc("_id", 2)});
  const std::string good = raw(0, body + two);
  for (const std::string& bad : {raw(4, body), raw(0, '\2' + body), raw(0, body, 2012),
                                 raw(1, "abc"), raw(1, body + "ab")}) {
    CHECK_THROWS_AS(request(bad), Malformed);
  }
  for (std::size_t size = 16; size < good.size(); ++size) {
    // (At some places a section ends, so that what remains is whole.)
    const std::string cut = good.substr(0, size);
    try {
      const Request shorter(mongo::Head(good), std::string_view(cut).substr(16));
      CHECK((size == 20 || size == 20 + body.size()));
    } catch (const Malformed&) {
    } catch (const std::out_of_range&) {
      FAIL("at ", size);
    }
  }
  for (std::size_t place = 16; place < good.size(); ++place) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[place] = static_cast<char>(bad[place] ^ (1 << bit));
      try {
        request(bad);
      } catch (const Malformed&) {
      }
    }
  }
}

TEST_CASE("the program ends when it is asked to, and hangs up on nonsense only") {
  for (const int signal : {SIGTERM, SIGINT}) {
    ServerProgram server("32-mongodb/server");
    mongo::BlockingConnection good(server.address());
    good.command(doc("ping", 1));
    CHECK(server.answer_to(std::string(16, '\xff')) == "");
    CHECK(server.answer_to(raw(0, body, 2010)) == "");
    good.command(doc("ping", 1));
    CHECK(server.end(signal) == 0);
  }
}

TEST_CASE("the program keeps its log when it is killed") {
  const workbook::TemporaryFolder folder;
  const std::string log = folder.path() / "log";
  std::string port = "0";
  for (int life = 1; life <= 3; ++life) {
    ServerProgram server("32-mongodb/server", {port, log});
    port = std::to_string(server.port());
    mongo::BlockingConnection own(server.address());
    own.command(insert_of(doc("_id", life)));
    const Document answer = own.command(doc("count", "orders"));
    CHECK(answer.number("n") == life);
    CHECK(server.end(SIGKILL) == -SIGKILL);
  }
}
