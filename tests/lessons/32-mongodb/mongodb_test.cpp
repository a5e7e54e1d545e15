// What the page of lesson 32 promises of its headers, with a stand-in of their own.
#include <bson/bson.h>
#include <doctest/doctest.h>
#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "../../../lessons/32-mongodb/address.hpp"
#include "../../../lessons/32-mongodb/answer.hpp"
#include "../../../lessons/32-mongodb/blocking.hpp"
#include "../../../lessons/32-mongodb/connection.hpp"
#include "../../../lessons/32-mongodb/cursor.hpp"
#include "../../../lessons/32-mongodb/document.hpp"
#include "../../../lessons/32-mongodb/kitchen.hpp"
#include "../../../lessons/32-mongodb/message.hpp"
#include "../../../lessons/32-mongodb/pool.hpp"
#include "../../../lessons/32-mongodb/relay.hpp"
#include "../../../lessons/32-mongodb/threads.hpp"
#include "../tasks.hpp"
#include "server_program.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using asio::ip::tcp;
using mongo::Address, mongo::BlockingConnection, mongo::Connection, mongo::Cursor, mongo::Document,
    mongo::Error, mongo::Lost, mongo::Malformed, mongo::Pool;
using mongo::array, mongo::array_of, mongo::doc, mongo::parse_address;

namespace {

Address address() {
  static ServerProgram server("32-mongodb/server");
  return server.address();
}

// A test that takes half a minute has failed.
void test(asio::awaitable<void> work) {
  run(wait_for(std::move(work), 30s));
}

using Talk = std::function<asio::awaitable<void>(Connection&)>;

asio::awaitable<void> connect_and(const Talk& talk) {
  const auto own = co_await Connection::open(address());
  co_await talk(*own);
}

void with_connection(const Talk& talk) {
  open_kitchen(address());
  test(connect_and(talk));
}

using Use = std::function<asio::awaitable<void>(Pool&)>;

asio::awaitable<void> make_pool_and(std::size_t size, const Use& use) {
  Pool pool(co_await asio::this_coro::executor, address(), size);
  co_await use(pool);
}

void with_pool(std::size_t size, const Use& use) {
  open_kitchen(address());
  test(make_pool_and(size, use));
}

Document insert(const Document& order) {
  return doc("insert", "orders", "documents", array(order));
}

const Document all_orders = doc("find", "orders");

// The code of a refusal; "lost" without a connection, "given up" after the limit, "" if all is
// well.
asio::awaitable<std::string> end_of(asio::awaitable<Document> work,
                                    std::chrono::milliseconds limit = 20s) {
  try {
    co_await wait_for(std::move(work), limit);
  } catch (const Lost&) {
    co_return "lost";
  } catch (const Error& error) {
    co_return std::to_string(error.code);
  } catch (const TimedOut&) {
    co_return "given up";
  } catch (const std::exception& error) {
    co_return error.what();
  }
  co_return "";
}

// The code with which the server refuses this; 0 if it does not.
int refusal_of(BlockingConnection& own, const Document& command) {
  try {
    own.command(command);
  } catch (const Lost&) {
    return -1;
  } catch (const Error& error) {
    CHECK(*error.what() != '\0');
    return error.code;
  }
  return 0;
}

std::vector<Document> orders() {
  BlockingConnection own(address());
  return own.command(all_orders).documents("cursor.firstBatch");
}

// A server that sends these bytes in reply to the second message. (The first is hello.)
class Impostor {
 public:
  explicit Impostor(std::string bytes) : bytes_(std::move(bytes)) {}

  Address address() const { return acceptor_.local_endpoint(); }

  // Answers one client, and then hangs up.
  void serve() {
    tcp::socket client = acceptor_.accept();
    read(client);
    asio::write(client,
                asio::buffer(mongo::message(7, 1, doc("ok", 1.0, "isWritablePrimary", true))));
    read(client);
    asio::write(client, asio::buffer(bytes_));
  }

 private:
  static void read(tcp::socket& client) {
    std::string head(mongo::Head::size, '\0');
    asio::read(client, asio::buffer(head));
    std::string rest(mongo::Head(head).rest(), '\0');
    asio::read(client, asio::buffer(rest));
  }

  std::string bytes_;
  asio::io_context loop_;
  tcp::acceptor acceptor_{loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
};

asio::awaitable<void> ask_impostor(Address there, std::string& end, bool& is_idle) {
  const auto own = co_await Connection::open(there);
  end = co_await end_of(own->command(doc("ping", 1)));
  is_idle = own->is_idle();
}

// How a question ends that is answered so, and whether the connection is idle then.
std::string end_with_answer(const std::string& bytes, bool stays_idle = false) {
  Impostor impostor(bytes);
  std::thread server([&] { impostor.serve(); });
  std::string end;
  bool is_idle = true;
  test(ask_impostor(impostor.address(), end, is_idle));
  server.join();
  CHECK(is_idle == stays_idle);
  return end;
}

std::string with_number(std::string bytes, std::size_t place, std::int32_t number) {
  return bytes.replace(place, 4, mongo::number(number));
}

}  // namespace

TEST_CASE("an address is a URI of one server, without a password") {
  CHECK(parse_address("mongodb://127.0.0.1:27018").port() == 27018);
  CHECK(parse_address("127.0.0.1:1").address().to_string() == "127.0.0.1");
  CHECK(parse_address("mongodb://127.0.0.1").port() == 27017);
  CHECK(parse_address("mongodb://127.0.0.1:5/kitchen").port() == 5);
  CHECK(parse_address("mongodb://127.0.0.1:5/?directConnection=true").port() == 5);
  CHECK(parse_address("mongodb://[::1]:5").address().is_v6());
  CHECK(parse_address("[::1]").port() == 27017);
  for (const char* wrong :
       {"", "mongodb://", "mongodb://ann:secret@127.0.0.1", "mongodb://a,b", "mongodb://:1",
        "mongodb+srv://kitchen.example", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:1x",
        "127.0.0.1:99999", "mongodb://127.0.0.1:1,127.0.0.1:2"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_address(wrong), std::runtime_error);
  }
}

TEST_CASE("a message is bytes in a fixed order") {
  const std::string expected(
      "\x24\0\0\0"             // the length
      "\7\0\0\0"               // our number
      "\0\0\0\0"               // no answer
      "\xdd\7\0\0"             // OP_MSG
      "\0\0\0\0"               // no flags
      "\0"                     // a document follows
      "\x0f\0\0\0"             // its length
      "\x10ping\0\1\0\0\0\0",  // an int32, its name and value; the end
      36);
  CHECK(mongo::message(7, 0, doc("ping", 1)) == expected);
  const mongo::Head head(expected);
  CHECK(head.length == 36);
  CHECK(head.rest() == 20);
  CHECK(head.id == 7);
  CHECK(mongo::number_at(mongo::number(-2), 0) == -2);
  CHECK(mongo::number(0x01020304) == "\4\3\2\1");
}

TEST_CASE("a document is what it was made of") {
  const auto id = mongo::new_id();
  const Document inner = doc("dish", "soup");
  const Document whole = doc("text", std::string("a\0b ä", 6), "small", 7, "large",
                             std::int64_t(1) << 40, "real", 0.5, "yes", true, "no", false, "inner",
                             inner, "list", array(1, "two", inner), "id", id, "none", array());
  CHECK(whole.text("text") == std::string("a\0b ä", 6));
  CHECK(whole.number("small") == 7);
  CHECK(whole.number("large") == std::int64_t(1) << 40);
  CHECK(whole.number("real") == 0);
  CHECK(whole.truth("yes"));
  CHECK(!whole.truth("no"));
  CHECK(!whole.truth("absent"));
  CHECK(whole.document("inner").text("dish") == "soup");
  CHECK(whole.text("inner.dish") == "soup");
  CHECK(whole.text("list.1") == "two");
  CHECK(whole.text("list.2.dish") == "soup");
  CHECK(whole.documents("none").empty());
  CHECK(array_of(std::vector<Document>{inner, inner}).elements.has("1"));
  CHECK(mongo::new_id().bytes.bytes[11] != id.bytes.bytes[11]);
  CHECK(doc().bytes() == Document().bytes());
  CHECK(doc("a", 1, "b", array("c")).json() == R"({ "a" : 1, "b" : [ "c" ] })");
}

TEST_CASE("what a document does not have is an error") {
  const Document some = doc("number", 1, "text", "one", "list", array(1));
  CHECK_THROWS_WITH_AS(some.number("absent"), "there is no absent", Malformed);
  CHECK_THROWS_WITH_AS(some.number("text"), "text has another type", Malformed);
  CHECK_THROWS_WITH_AS(some.text("number"), "number has another type", Malformed);
  CHECK_THROWS_AS(some.document("list"), Malformed);
  CHECK_THROWS_AS(some.documents("text"), Malformed);
  CHECK_THROWS_AS(some.documents("list"), Malformed);
}

TEST_CASE("bytes that are not a document are refused, and read no further than they go") {
  const std::string good = doc("dish", "soup", "list", array(doc("a", 1))).bytes();
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK_THROWS_AS(Document(good.substr(0, size)), Malformed);
  }
  // Any one byte changed: it is refused, or it can be read.
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[place] = static_cast<char>(bad[place] ^ (1 << bit));
      try {
        const Document document(bad);
        document.has("list.0.a");
        document.documents("list");
        document.json();
      } catch (const Malformed&) {
      }
    }
  }
}

TEST_CASE("a head that cannot be is refused") {
  const std::string good = mongo::message(1, 5, doc("ok", 1.0));
  CHECK(mongo::read_head(good, 5).id == 1);
  CHECK_THROWS_WITH_AS(mongo::read_head(good, 6), "the answer to question 5, not 6", Malformed);
  CHECK_THROWS_AS(mongo::Head(with_number(good, 0, 25)), Malformed);
  CHECK_THROWS_AS(mongo::Head(with_number(good, 0, -1)), Malformed);
  CHECK_THROWS_AS(mongo::Head(with_number(good, 0, 48'000'001)), Malformed);
  CHECK(mongo::Head(with_number(good, 0, 26)).rest() == 10);
  CHECK_THROWS_AS(mongo::read_head(with_number(good, 12, 1), 5), Malformed);
}

TEST_CASE("a question has its own answer, or none") {
  const std::string good = mongo::message(9, 2, doc("ok", 1.0));
  CHECK(end_with_answer(good, true) == "");
  CHECK(end_with_answer(good.substr(0, 10)) == "lost");
  CHECK(end_with_answer(good.substr(0, good.size() - 1)) == "lost");
  CHECK(end_with_answer("") == "lost");
  // Late, to an earlier question.
  CHECK(end_with_answer(mongo::message(9, 1, doc("ok", 1.0))) == "the answer to question 1, not 2");
  CHECK(end_with_answer(with_number(good, 0, 5)) == "a message of an impossible length");
  CHECK(end_with_answer(with_number(good, 12, 2012)) == "the answer is not an OP_MSG");
  const std::string other = "a kind of answer that we did not ask for";
  CHECK(end_with_answer(with_number(good, 16, 2)) == other);
  std::string kind = good;
  kind[20] = 1;
  CHECK(end_with_answer(kind) == other);
  CHECK(end_with_answer(with_number(good, 21, 9)) == "these bytes are not a document");
  // A "no" without a reason.
  CHECK(end_with_answer(mongo::message(9, 2, doc("ok", 0.0)), true) == "there is no errmsg");
}

TEST_CASE("values go there and come back") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const Document order =
        doc("_id", 1, "guest", "Ann \"ä\" €", "dishes", array("soup", "bread"), "price", 2.5,
            "paid", true, "at", doc("table", std::numeric_limits<std::int64_t>::max()));
    const Document answer = co_await own.command(insert(order));
    CHECK(answer.number("n") == 1);
    const Document found = co_await own.command(all_orders);
    REQUIRE(found.documents("cursor.firstBatch").size() == 1);
    CHECK(found.document("cursor.firstBatch.0").bytes() == order.bytes());
    CHECK(found.text("cursor.ns") == "workbook.orders");
    CHECK(found.number("cursor.id") == 0);
  });
}

TEST_CASE("after a refusal a connection is as good as new") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    std::string end = co_await end_of(own.command(doc("cook", 1)));
    CHECK(end == "59");
    CHECK(own.is_idle());
    end = co_await end_of(own.command(insert(doc("_id", 1))));
    CHECK(end == "");
    end = co_await end_of(own.command(insert(doc("_id", 1))));
    CHECK(end == "11000");
    CHECK(own.is_idle());
    end = co_await end_of(own.command(doc("ping", 1)));
    CHECK(end == "");
  });
}

TEST_CASE("a busy connection takes no question") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto [slow, quick] = co_await (end_of(own.command(slow_question("soup", 100ms))) &&
                                         end_of(own.command(doc("ping", 1))));
    CHECK(slow == "");
    CHECK(quick == "the connection is busy");
    CHECK(own.is_idle());
    CHECK(own.is_quiet());
  });
}

TEST_CASE("a connection that was given up stays busy") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    std::string end = co_await end_of(own.command(slow_question("soup", 20s)), 50ms);
    CHECK(end == "given up");
    CHECK(!own.is_idle());
    end = co_await end_of(own.command(doc("ping", 1)));
    CHECK(end == "the connection is busy");
  });
}

TEST_CASE("without a server there is no connection") {
  asio::io_context loop;
  tcp::acceptor taken(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const Address nowhere = taken.local_endpoint();
  taken.close();
  CHECK_THROWS_AS(BlockingConnection own(nowhere), Lost);
  const auto open = [](Address there) -> asio::awaitable<void> {
    co_await Connection::open(there);
  };
  CHECK_THROWS_AS(test(open(nowhere)), Lost);
  const auto ask = [](Address there) -> asio::awaitable<void> {
    Pool pool(co_await asio::this_coro::executor, there, 1);
    co_await pool.command(doc("ping", 1));
  };
  CHECK_THROWS_AS(test(ask(nowhere)), Lost);
}

TEST_CASE("a pool keeps a connection that comes back idle, and no other") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    std::string end = co_await end_of(pool.command(doc("ping", 1)));
    CHECK(end == "");
    CHECK(pool.idle() == 1);
    end = co_await end_of(pool.command(doc("cook", 1)));
    CHECK(end == "59");
    CHECK(pool.idle() == 1);
    end = co_await end_of(pool.command(slow_question("soup", 20s)), 50ms);
    CHECK(end == "given up");
    CHECK(pool.idle() == 0);
    // The next task gets the answer to its own question.
    const Document answer = co_await pool.command(question("bread"));
    CHECK(first_in(answer).text("_id") == "bread");
    CHECK(pool.idle() == 1);
  });
}

TEST_CASE("tasks wait for a connection, and their bodies for nothing else") {
  with_pool(2, [](Pool& pool) -> asio::awaitable<void> {
    int at_once = 0;
    int most = 0;
    auto body = [&](Connection& own) -> asio::awaitable<void> {
      most = std::max(most, ++at_once);
      co_await own.command(slow_question("soup", 20ms));
      --at_once;
    };
    co_await (pool.use(body) && pool.use(body) && pool.use(body) && pool.use(body));
    CHECK(most == 2);
    CHECK(pool.idle() == 2);
  });
}

TEST_CASE("a body that throws gives its connection back") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    auto body = [](Connection& own) -> asio::awaitable<void> {
      co_await own.command(doc("ping", 1));
      throw std::runtime_error("no money");
    };
    std::string why;
    try {
      co_await pool.use(body);
    } catch (const std::runtime_error& error) {
      why = error.what();
    }
    CHECK(why == "no money");
    CHECK(pool.idle() == 1);
  });
}

TEST_CASE("a pool notices that a server has restarted, and waits for one that is away") {
  std::optional<ServerProgram> server;
  server.emplace("32-mongodb/server");
  const std::string port = std::to_string(server->port());
  const auto restart_between = [&](Address there) -> asio::awaitable<void> {
    Pool pool(co_await asio::this_coro::executor, there, 1);
    co_await pool.command(doc("ping", 1));
    server.reset();
    // It is away, and comes back while the pool tries to connect.
    auto come_back = [&]() -> asio::awaitable<void> {
      co_await wait(150ms);
      server.emplace("32-mongodb/server", std::vector<std::string>{port});
    };
    co_await (pool.command(doc("ping", 1)) && come_back());
    CHECK(pool.idle() == 1);
  };
  test(restart_between(server->address()));
}

TEST_CASE("a cursor fetches the rest, batch by batch") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    std::vector<Document> thousand;
    for (int number = 0; number < 1000; ++number) thousand.push_back(doc("_id", number));
    co_await own.command(doc("insert", "orders", "documents", array_of(thousand)));
    const auto count = [&](const Document& find, int answers) -> asio::awaitable<int> {
      Cursor cursor(own, find);
      int next = 0;
      while (const auto order = co_await cursor.next()) CHECK(order->number("_id") == next++);
      CHECK(cursor.answers() == answers);
      const auto after = co_await cursor.next();
      CHECK(!after);
      co_return next;
    };
    int all = co_await count(all_orders, 2);
    CHECK(all == 1000);
    all = co_await count(doc("find", "orders", "limit", 101), 1);
    CHECK(all == 101);
    all = co_await count(doc("find", "orders", "batchSize", 0), 2);
    CHECK(all == 1000);
    all = co_await count(doc("find", "orders", "filter", doc("_id", doc("$lt", 0))), 1);
    CHECK(all == 0);
  });
}

TEST_CASE("a cursor that is closed is forgotten by the server") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    for (int number = 0; number < 3; ++number) {
      co_await own.command(insert(doc("_id", number)));
    }
    Cursor cursor(own, doc("find", "orders", "batchSize", 1));
    const auto first = co_await cursor.next();
    REQUIRE(first);
    // Between two batches the connection is free for other questions.
    co_await own.command(doc("ping", 1));
    co_await cursor.close();
    co_await cursor.close();
    const Document more = doc("getMore", std::int64_t(1), "collection", "orders");
    const std::string end = co_await end_of(own.command(more));
    CHECK(end == "43");
    Cursor unused(own, all_orders);
    co_await unused.close();
    CHECK(unused.answers() == 0);
  });
}

TEST_CASE("the last portion is taken once") {
  with_pool(4, [](Pool& pool) -> asio::awaitable<void> {
    std::vector<std::int64_t> taken;
    auto take = [&](const char* guest) -> asio::awaitable<void> {
      const Document answer = co_await pool.command(take_portion("soup", guest));
      taken.push_back(answer.number("n"));
    };
    co_await (take("Ann") && take("Ben") && take("Cleo") && take("Dora"));
    CHECK(std::count(taken.begin(), taken.end(), 1) == 2);
    CHECK(std::count(taken.begin(), taken.end(), 0) == 2);
    const Document soup = first_in(co_await pool.command(question("soup")));
    CHECK(soup.number("portions") == 0);
    CHECK(soup.has("guests.1"));
    CHECK(!soup.has("guests.2"));
  });
}

TEST_CASE("a task has what it needs of a pool that is gone when it begins") {
  asio::io_context loop;
  std::optional<Pool> pool(std::in_place, loop.get_executor(), address(), 1);
  auto ping = [](Connection& own) -> asio::awaitable<void> {
    co_await own.command(doc("ping", 1));
  };
  const auto ask = [](asio::awaitable<Document> question) -> asio::awaitable<void> {
    co_await std::move(question);
  };
  std::optional<WatchedTask> task;
  SUBCASE("use") {
    task.emplace(loop, pool->use(ping));
  }
  SUBCASE("command") {
    task.emplace(loop, ask(pool->command(doc("ping", 1))));
  }
  pool.reset();
  loop.run();
  CHECK(task->succeeded());
}

TEST_CASE("a limit can be sent along with the question") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    mongo::Builder limited;
    limited.add_all(slow_question("soup", 20s));
    limited.add("maxTimeMS", 30);
    const std::string end = co_await end_of(own.command(limited.document()));
    CHECK(end == "50");
    CHECK(own.is_idle());
  });
}

TEST_CASE("a relay loses a question, or its answer") {
  open_kitchen(address());
  const auto talk = [](Address there) -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    Relay relay(executor, there);
    Pool pool(executor, relay.address(), 1);
    auto ask = [&]() -> asio::awaitable<void> {
      std::string end = co_await end_of(pool.command(insert(doc("_id", 1))));
      CHECK(end == "");
      relay.lose_question();
      end = co_await end_of(pool.command(insert(doc("_id", 2))));
      CHECK(end == "lost");
      CHECK(orders().size() == 1);
      end = co_await end_of(pool.command(doc("ping", 1)));
      CHECK(end == "");
      relay.lose_answer();
      end = co_await end_of(pool.command(insert(doc("_id", 3))));
      CHECK(end == "lost");
      CHECK(orders().size() == 2);
      end = co_await end_of(pool.command(insert(doc("_id", 3))));
      CHECK(end == "11000");
    };
    co_await (ask() || relay.serve());
  };
  test(talk(address()));
}

TEST_CASE("a call on a thread has an answer or a refusal, and is waited for") {
  open_kitchen(address());
  const auto talk = [](Address there) -> asio::awaitable<void> {
    mongo::Threads kitchen(there, 2);
    const Document answer = co_await kitchen.command(question("cake"));
    CHECK(first_in(answer).number("portions") == 3);
    std::string end = co_await end_of(kitchen.command(doc("cook", 1)));
    CHECK(end == "59");
    end = co_await end_of(kitchen.command(insert(doc("_id", 1))));
    CHECK(end == "");
    end = co_await end_of(kitchen.command(insert(doc("_id", 1))));
    CHECK(end == "11000");
    // The limit has passed long before, and the call is done all the same.
    bool limit_passed = false;
    auto limit = [&]() -> asio::awaitable<void> {
      co_await wait(20ms);
      limit_passed = true;
    };
    bool done = false;
    auto call = [&]() -> asio::awaitable<void> {
      co_await kitchen.command(slow_question("soup", 200ms));
      CHECK(limit_passed);
      done = true;
    };
    const auto first = co_await (call() || limit());
    CHECK(first.index() == 1);
    CHECK(done);
  };
  test(talk(address()));
}

TEST_CASE("the blocking connection refuses and loses in the same way") {
  open_kitchen(address());
  BlockingConnection own(address());
  CHECK(refusal_of(own, doc("cook", 1)) == 59);
  CHECK(refusal_of(own, insert(doc("_id", 1))) == 0);
  CHECK(refusal_of(own, insert(doc("_id", 1))) == 11000);
  std::optional<ServerProgram> server;
  server.emplace("32-mongodb/server");
  BlockingConnection another(server->address());
  CHECK(refusal_of(another, doc("ping", 1)) == 0);
  server.reset();
  CHECK(refusal_of(another, doc("ping", 1)) == -1);
}
