// What the page of lesson 31 promises of its headers, with their own MariaDB.
#include <doctest/doctest.h>
#include <malloc.h>
#include <mariadb/errmsg.h>
#include <mariadb/mysql.h>
#include <mariadb/mysqld_error.h>
#include <signal.h>

#include <algorithm>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "../../../lessons/31-mariadb/address.hpp"
#include "../../../lessons/31-mariadb/bare.hpp"
#include "../../../lessons/31-mariadb/blocking.hpp"
#include "../../../lessons/31-mariadb/connection.hpp"
#include "../../../lessons/31-mariadb/drive.hpp"
#include "../../../lessons/31-mariadb/kitchen.hpp"
#include "../../../lessons/31-mariadb/pool.hpp"
#include "../../../lessons/31-mariadb/transaction.hpp"
#include "../../../tools/servers/mariadb.hpp"
#include "../file_limit.hpp"
#include "../tasks.hpp"
#include "stop.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using maria::Address, maria::BlockingConnection, maria::Connection, maria::Error, maria::Lost,
    maria::Pool, maria::Status, maria::parse_address;

namespace {

// One for all cases, on its own loop, which runs while it is started.
struct OwnServer {
  asio::io_context loop;
  servers::Mariadb mariadb{loop.get_executor()};

  OwnServer() { start(); }

  void start() {
    asio::co_spawn(loop, mariadb.start(), rethrow);
    loop.restart();
    loop.run();
  }

  void pause() { stop(mariadb.process()); }
  void go_on() { mariadb.process().send(SIGCONT); }

  void end(int signal) { mariadb.process().end(signal, signal == SIGKILL ? 0ms : 20s); }
};

OwnServer& server() {
  static OwnServer server;
  return server;
}

Address address() {
  return parse_address(server().mariadb.address());
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

// With new tables.
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

constexpr const char* insert = "insert into workbook.orders values (?, 'Ann', 'soup')";

asio::awaitable<void> order(Connection& own) {
  co_await own.execute(insert, 1);
}

asio::awaitable<void> order_and_fail(Connection& own) {
  co_await order(own);
  throw std::runtime_error("no money");
}

asio::awaitable<void> order_and_sleep(Connection& own) {
  co_await order(own);
  co_await own.execute("do sleep(1000)");
}

asio::awaitable<void> order_and_wait(Connection& own) {
  co_await order(own);
  co_await wait(1000s);
}

constexpr std::chrono::milliseconds soon = 200ms;

// The number with which it is refused; "lost" without a connection, "given up" after the limit, ""
// if all is well.
asio::awaitable<std::string> end_of(asio::awaitable<void> work,
                                    std::chrono::milliseconds limit = 20s) {
  try {
    co_await wait_for(std::move(work), limit);
  } catch (const Lost&) {
    co_return "lost";
  } catch (const Error& error) {
    co_return error.number == 0 ? error.what() : std::to_string(error.number);
  } catch (const TimedOut&) {
    co_return "given up";
  } catch (const std::exception& error) {
    co_return error.what();
  }
  co_return "";
}

asio::awaitable<void> nothing_from(asio::awaitable<std::size_t> work) {
  co_await std::move(work);
}

// How a statement ends.
asio::awaitable<std::string> end_of(asio::awaitable<std::size_t> work,
                                    std::chrono::milliseconds limit = 20s) {
  return end_of(nothing_from(std::move(work)), limit);
}

int orders() {
  return number_of_orders(address());
}

asio::awaitable<unsigned long> id_of(Pool& pool) {
  unsigned long id = 0;
  auto look = [&](Connection& own) -> asio::awaitable<void> {
    id = own.id();
    co_return;
  };
  co_await pool.use(look);
  co_return id;
}

// Returns when it has gone.
void end_connection(unsigned long id) {
  BlockingConnection another(address());
  another.execute("kill connection ?", id);
  int left = 1;
  while (left > 0) {
    left = std::get<0>(
        another.query<int>("select count(*) from information_schema.processlist where id = ?", id)
            .front());
  }
}

int sleepers() {
  BlockingConnection another(address());
  const auto rows = another.query<int>(
      "select count(*) from information_schema.processlist where state = 'User sleep'");
  return std::get<0>(rows.front());
}

// Until the server is working on a sleep().
asio::awaitable<void> until_busy() {
  while (sleepers() == 0) co_await wait(5ms);
}

// (The sanitizer's allocator says 0.)
std::size_t used_memory() {
  const auto used = mallinfo2();
  return used.uordblks + used.hblkhd;
}

std::size_t open_descriptors() {
  using std::filesystem::directory_iterator;
  return static_cast<std::size_t>(
      std::distance(directory_iterator("/proc/self/fd"), directory_iterator()));
}

}  // namespace

TEST_CASE("an address is a URL, or the path of a socket") {
  Address found = parse_address("mariadb://ann:secret@kitchen.example:3307");
  CHECK(found.host == "kitchen.example");
  CHECK(found.port == 3307);
  CHECK(found.user == "ann");
  CHECK(found.password == "secret");
  CHECK(found.socket.empty());
  found = parse_address("mariadb://localhost");
  CHECK(found.host == "localhost");
  CHECK(found.port == 3306);
  CHECK(found.user == "workbook");
  CHECK(found.password.empty());
  found = parse_address("mariadb://a%40b:p%2f:@w%3a%zz@[::1]:3306/kitchen");
  CHECK(found.host == "::1");
  CHECK(found.user == "a@b");
  CHECK(found.password == "p/:@w:%zz");
  found = parse_address("mariadb://ann@[::1]/");
  CHECK(found.host == "::1");
  CHECK(found.port == 3306);
  found = parse_address("/tmp/a socket:1");
  CHECK(found.socket == "/tmp/a socket:1");
  for (const char* wrong : {"", "kitchen", "mariadb:", "mariadb://", "mariadb://ann@",
                            "mariadb://host:", "mariadb://:1", "mariadb://host:1x",
                            "mariadb://host:99999999999", "postgresql://host", "127.0.0.1:3306"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_address(wrong), std::runtime_error);
  }
}

TEST_CASE("values go there and come back") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const std::string odd = std::string("it's a \"soup\"\\?%_\t\n\r ä € 🥣 ") + '\0' + "z";
    const auto rows = co_await own.query<std::string, int, double, bool, bool, std::optional<int>,
                                         std::optional<int>, std::string>(
        "select ?, ?, ?, ?, ?, ?, ?, ?", odd, -7, 0.1, true, false, std::optional<int>(),
        std::optional<int>(5), "");
    REQUIRE(rows.size() == 1);
    const auto& [text, number, real, yes, no, none, some, empty] = rows.front();
    CHECK(text == odd);
    CHECK(number == -7);
    CHECK(real == 0.1);
    CHECK(yes);
    CHECK(!no);
    CHECK(!none);
    CHECK(some == 5);
    CHECK(empty.empty());
    const auto several =
        co_await own.query<std::optional<long>>("select seq from workbook.seq_1_to_3");
    REQUIRE(several.size() == 3);
    CHECK(std::get<0>(several[2]) == 3);
  });
}

TEST_CASE("no text gets out of its quotes, whatever the server's mode") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const std::string text = "a\\' or 1 = 1 -- ";
    for (const char* mode : {"", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES"}) {
      CAPTURE(mode);
      co_await own.execute("set sql_mode = ?", mode);
      const auto rows = co_await own.query<std::string>("select ?", text);
      REQUIRE(rows.size() == 1);
      CHECK(std::get<0>(rows.front()) == text);
    }
  });
}

TEST_CASE("there are as many values as question marks") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto fails = [&](auto ask) {
      std::string reason;
      try {
        const auto question = ask();
      } catch (const Error& error) {
        reason = error.what();
      }
      CHECK(own.status() == Status::idle);
      return reason;
    };
    CHECK(fails([&] { return own.execute("do ?, ?", 1); }) == "a question mark without a value");
    CHECK(fails([&] { return own.execute("do ?", 1, 2); }) == "a value without a question mark");
    CHECK(fails([&] { return own.execute("do ?"); }) == "a question mark without a value");
    const double endless = std::numeric_limits<double>::infinity();
    CHECK(fails([&] { return own.execute("do ?", endless); }) == "SQL has no infinity, and no NaN");
    co_return;
  });
}

TEST_CASE("a row that is not what the caller has named is refused") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto end_of_query = [&](auto query) -> asio::awaitable<std::string> {
      std::string reason;
      try {
        co_await std::move(query);
      } catch (const Error& error) {
        reason = error.what();
      }
      CHECK(own.status() == Status::idle);
      co_return reason;
    };
    std::string reason = co_await end_of_query(own.query<int>("select 'soup'"));
    CHECK(reason == "\"soup\" is not a number of this type, or is too large");
    reason = co_await end_of_query(own.query<short>("select 40000"));
    CHECK(reason == "\"40000\" is not a number of this type, or is too large");
    reason = co_await end_of_query(own.query<int>("select null"));
    CHECK(reason == "a column is NULL");
    reason = co_await end_of_query(own.query<int>("select 1, 2"));
    CHECK(reason == "wrong number of columns");
    reason = co_await end_of_query(own.query<int>("do 1"));
    CHECK(reason == "wrong number of columns");
    reason = co_await end_of_query(own.query<bool>("select 2"));
    CHECK(reason == "\"2\" is not a bool");
  });
}

TEST_CASE("a statement says how many rows it has changed") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    std::size_t changed = co_await own.execute(insert, 1);
    CHECK(changed == 1);
    changed = co_await own.execute(insert, 2);
    CHECK(changed == 1);
    changed = co_await own.execute("delete from workbook.orders");
    CHECK(changed == 2);
    changed = co_await own.execute("delete from workbook.orders");
    CHECK(changed == 0);
  });
}

TEST_CASE("a refusal has its number, and the connection goes on") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    co_await order(own);
    std::string end = co_await end_of(order(own));
    CHECK(end == "1062");
    end = co_await end_of(own.execute("selec"));
    CHECK(end == "1064");
    CHECK(own.status() == Status::idle);
    const auto rows = co_await own.query<int>("select 1");
    CHECK(rows.size() == 1);
  });
}

TEST_CASE("large questions and large answers pass") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const std::string large(8'000'000, 'x');
    const auto back = co_await own.query<std::string>("select ?", large);
    CHECK(std::get<0>(back.front()) == large);
    const auto rows = co_await own.query<int>("select seq from workbook.seq_1_to_200000");
    CHECK(rows.size() == 200'000);
    CHECK(std::get<0>(rows.back()) == 200'000);
  });
}

TEST_CASE("other tasks run while a task waits for an answer") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    int ticks = 0;
    const auto tick = [&]() -> asio::awaitable<void> {
      for (; ticks < 10; ++ticks) co_await wait(10ms);
    };
    const auto ask = [&]() -> asio::awaitable<void> {
      co_await own.execute("do sleep(0.5)");
      CHECK(ticks == 10);
    };
    co_await (tick() && ask());
  });
}

TEST_CASE("a connection that is in use takes no second question") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto ask_again = [&]() -> asio::awaitable<void> {
      CHECK(own.status() == Status::busy);
      const std::string end = co_await end_of(own.execute("do 1"));
      CHECK(end == "the connection is busy");
    };
    const std::string end =
        std::get<0>(co_await (end_of(own.execute("do sleep(0.1)")) && end_of(ask_again())));
    CHECK(end.empty());
    CHECK(own.status() == Status::idle);
  });
}

TEST_CASE("a question that is given up leaves the connection busy for good") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    SUBCASE("while the server works on it") {
      const std::string end = co_await end_of(own.execute("do sleep(1)"), soon);
      CHECK(end == "given up");
      co_await wait(1s);
    }
    SUBCASE("while its rows arrive") {
      // (The first of them are there at once.)
      const std::string end = co_await end_of(
          own.execute("select repeat('x', 100000), sleep(seq / 2000) from workbook.seq_1_to_1000"),
          soon);
      CHECK(end == "given up");
    }
    CHECK(own.status() == Status::busy);
    const std::string end = co_await end_of(own.execute("do 1"));
    CHECK(end == "the connection is busy");
    co_await own.stop();
  });
}

// libmariadb's own stack is the only place that knows where these rows are.
TEST_CASE("a question that is given up while its rows arrive leaves no memory behind") {
  open_kitchen(address());
  const std::size_t before = used_memory();
  for (int i = 0; i < 3; ++i) {
    const auto give_up = [](Connection& own) -> asio::awaitable<void> {
      const std::string end = co_await end_of(
          own.execute("select repeat('x', 1000000), sleep(seq / 2000) from workbook.seq_1_to_1000"),
          soon);
      CHECK(end == "given up");
      co_await own.stop();
    };
    test(connect_and(give_up));
  }
  CHECK(used_memory() < before + 1'000'000);
}

TEST_CASE("a question that is too large for the socket can be given up while it is sent") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    // The server reads nothing until the first one is over: so only a second connection helps.
    const std::string large(8'000'000, 'x');
    server().pause();
    const std::string end = co_await end_of(own.execute("do length(?)", large), soon);
    server().go_on();
    CHECK(end == "given up");
    CHECK(own.status() == Status::busy);
  });
}

TEST_CASE("an answer of several parts is refused, and the connection is not used again") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    std::string end = co_await end_of(own.execute("begin not atomic select 1; select 2; end"));
    CHECK(end == "this answer has several parts");
    CHECK(own.status() == Status::busy);
    end = co_await end_of(own.execute("do 1"));
    CHECK(end == "the connection is busy");
  });
}

TEST_CASE("a question that is stopped is refused with its own number") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto stop_soon = [&]() -> asio::awaitable<void> {
      co_await until_busy();
      co_await own.stop();
    };
    const std::string end =
        std::get<0>(co_await (end_of(own.execute("select sleep(1000)")) && end_of(stop_soon())));
    CHECK(end == std::to_string(ER_QUERY_INTERRUPTED));
    CHECK(own.status() == Status::idle);
  });
}

TEST_CASE("nothing is stopped where no server is, and that is no error") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    server().end(SIGKILL);
    std::string end = co_await end_of(own.stop());
    CHECK(end.empty());
    end = co_await end_of(own.execute("do 1"));
    CHECK(end == "lost");
    CHECK(own.status() == Status::lost);
    server().start();  // (blocks for a second)
  });
}

TEST_CASE("a connection that is ended is lost, and no other") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto another = co_await Connection::open(address());
    CHECK(own.is_quiet());
    SUBCASE("while it is idle") {
      end_connection(own.id());
      CHECK(!own.is_quiet());
      const std::string end = co_await end_of(own.execute("do 1"));
      CHECK(end == "lost");
    }
    SUBCASE("while the server works for it") {
      const auto end_it = [&]() -> asio::awaitable<void> {
        co_await until_busy();
        end_connection(own.id());
      };
      const std::string end =
          std::get<0>(co_await (end_of(own.execute("do sleep(1000)")) && end_of(end_it())));
      CHECK(end == "lost");
    }
    CHECK(own.status() == Status::lost);
    std::string end = co_await end_of(own.execute("do 1"));
    CHECK(end == "lost");
    end = co_await end_of(another->execute("do 1"));
    CHECK(end.empty());
  });
}

TEST_CASE("a server that is shut down has not answered") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto shut_down = [&]() -> asio::awaitable<void> {
      co_await until_busy();
      server().end(SIGTERM);  // (blocks for a moment)
    };
    const std::string end =
        std::get<0>(co_await (end_of(own.execute("do sleep(1000)")) && end_of(shut_down())));
    CHECK(end == "lost");
    CHECK(own.status() == Status::lost);
    server().start();
  });
}

// A library call may ask for a time limit.
TEST_CASE("a limit that libmariadb itself was given is kept") {
  const auto ask = []() -> asio::awaitable<void> {
    const auto to = address();
    const auto handle = maria::new_handle(to);
    mysql_options(handle.get(), MYSQL_OPT_NONBLOCK, nullptr);
    const unsigned int seconds = 1;
    mysql_options(handle.get(), MYSQL_OPT_READ_TIMEOUT, &seconds);
    REQUIRE(mysql_real_connect(handle.get(), nullptr, to.user.c_str(), "", nullptr, 0,
                               to.socket.c_str(), 0) != nullptr);
    const std::string sql = "do sleep(10)";
    int refused = 0;
    auto start = [&] {
      return mysql_real_query_start(&refused, handle.get(), sql.data(), sql.size());
    };
    auto go_on = [&](int happened) {
      return mysql_real_query_cont(&refused, handle.get(), happened);
    };
    const auto begin = std::chrono::steady_clock::now();
    co_await maria::drive(handle.get(), start, go_on);
    CHECK(refused != 0);
    CHECK(mysql_errno(handle.get()) == CR_SERVER_LOST);
    CHECK(std::chrono::steady_clock::now() - begin >= 1s);
  };
  test(ask());
}

// The trap of the page: it must still be one.
TEST_CASE("without a mark the next question gets the answer that was left behind") {
  const auto ask = []() -> asio::awaitable<void> {
    bare::Connection own(address());
    const auto give_up = [&]() -> asio::awaitable<void> {
      co_await own.ask("select 'old', sleep(1)");
    };
    const std::string end = co_await end_of(give_up(), soon);
    CHECK(end == "given up");
    std::string answer = co_await own.ask("select 'new'");
    CHECK(answer == "old");
    answer = co_await own.ask("select 'newer'");
    CHECK(answer == "new");
  };
  test(ask());
}

TEST_CASE("connections leave no descriptors behind") {
  with_connection([](Connection& own) -> asio::awaitable<void> { co_await own.execute("do 1"); });
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 5; ++i) {
    with_connection([](Connection& own) -> asio::awaitable<void> {
      co_await end_of(own.execute("do sleep(1000)"), soon);
      co_await own.stop();
    });
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("an address at which there is no server is an error at once") {
  const auto connect = [](Address nowhere) -> asio::awaitable<void> {
    Pool pool(co_await asio::this_coro::executor, nowhere, 1);
    const std::string end = co_await end_of(pool.use(order));
    CHECK(end == "lost");
  };
  for (const char* nowhere : {"/nowhere/socket", "mariadb://127.0.0.1:1"}) {
    test(connect(parse_address(nowhere)));
    CHECK_THROWS_AS(BlockingConnection(parse_address(nowhere)), Lost);
  }
}

TEST_CASE("connecting can be given up") {
  server().pause();
  const auto connect = []() -> asio::awaitable<void> {
    const auto open = []() -> asio::awaitable<void> { co_await Connection::open(address()); };
    const std::string end = co_await end_of(open(), soon);
    CHECK(end == "given up");
  };
  test(connect());
  server().go_on();
}

TEST_CASE("a blocking transaction is done, or undone") {
  open_kitchen(address());
  BlockingConnection own(address());
  own.transaction([](BlockingConnection& inner) { inner.execute(insert, 1); });
  CHECK(orders() == 1);
  const auto fails = [](BlockingConnection& inner) {
    inner.execute(insert, 2);
    inner.execute(insert, 2);
  };
  CHECK_THROWS_AS(own.transaction(fails), Error);
  CHECK(orders() == 1);
  own.execute(insert, 3);
  CHECK(orders() == 2);
}

TEST_CASE("a blocking transaction that has ended before its commit is not taken for done") {
  open_kitchen(address());
  BlockingConnection own(address());
  const auto commits = [](BlockingConnection& inner) {
    inner.execute(insert, 1);
    inner.execute("create or replace table workbook.other (number integer)");
  };
  CHECK_THROWS_WITH(own.transaction(commits), "the transaction has ended before its commit");
}

TEST_CASE("a blocking transaction that a deadlock has undone is not taken for done") {
  open_kitchen(address());
  BlockingConnection own(address());
  BlockingConnection another(address());
  const char* const take = "update workbook.shelf set portions = portions - 1 where dish = ?";
  another.execute("begin");
  another.execute(
      "insert into workbook.orders values (1, 'Ann', 'soup'), (2, 'Ben', 'soup'),"
      " (3, 'Cleo', 'soup')");
  another.execute(take, "bread");
  std::thread other;
  // The server undoes the one that has changed fewer rows.
  const auto hide = [&](BlockingConnection& inner) {
    inner.execute(take, "soup");
    other = std::thread([&] { another.execute(take, "soup"); });
    try {
      inner.execute(take, "bread");
    } catch (const Error& error) {
      CHECK(error.number == ER_LOCK_DEADLOCK);
    }
  };
  CHECK_THROWS_WITH(own.transaction(hide), "the transaction has ended before its commit");
  other.join();
  another.execute("commit");
}

TEST_CASE("a blocking transaction within another one is refused, and the outer one is whole") {
  open_kitchen(address());
  BlockingConnection own(address());
  const auto inner = [](BlockingConnection& same) { same.execute(insert, 2); };
  const auto outer = [&](BlockingConnection& same) {
    same.execute(insert, 1);
    CHECK_THROWS_WITH(same.transaction(inner), "the connection is in a transaction already");
    CHECK(orders() == 0);
    same.execute(insert, 3);
  };
  own.transaction(outer);
  CHECK(orders() == 2);
}

TEST_CASE("a blocking transaction reports the first failure, although there is no rollback") {
  open_kitchen(address());
  BlockingConnection own(address());
  const auto lose = [](BlockingConnection& inner) {
    end_connection(std::get<0>(inner.query<unsigned>("select connection_id()").front()));
    throw std::logic_error("no money");
  };
  CHECK_THROWS_WITH_AS(own.transaction(lose), "no money", std::logic_error);
}

TEST_CASE("a transaction is committed at its end, and rolled back by an exception") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    std::string end = co_await end_of(maria::in_transaction(own, order));
    CHECK(end.empty());
    CHECK(orders() == 1);
    end = co_await end_of(maria::in_transaction(own, order));
    CHECK(end == "1062");
    CHECK(own.status() == Status::idle);
    co_await own.execute("delete from workbook.orders");
    end = co_await end_of(maria::in_transaction(own, order_and_fail));
    CHECK(end == "no money");
    CHECK(own.status() == Status::idle);
    CHECK(orders() == 0);
  });
}

TEST_CASE("a transaction that a statement has ended is not taken for done") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    auto create = [](Connection& inner) -> asio::awaitable<void> {
      co_await order(inner);
      co_await inner.execute("create or replace table workbook.other (number integer)");
    };
    const std::string end = co_await end_of(maria::in_transaction(own, create));
    CHECK(end == "the transaction has ended before its commit");
    CHECK(own.status() == Status::idle);
    co_await own.execute("drop table workbook.other");
  });
}

TEST_CASE("of two transactions in a deadlock one is rolled back, and says so") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto another = co_await Connection::open(address());
    int taken = 0;
    const auto take = [&taken](std::string first, std::string second) {
      return [&taken, first, second](Connection& inner) -> asio::awaitable<void> {
        const std::string sql = "update workbook.shelf set portions = portions - 1 where dish = ?";
        co_await inner.execute(sql, first);
        ++taken;
        while (taken < 2) co_await wait(1ms);
        co_await inner.execute(sql, second);
      };
    };
    auto one = take("soup", "bread");
    auto two = take("bread", "soup");
    const auto [first, second] = co_await (end_of(maria::in_transaction(own, one)) &&
                                           end_of(maria::in_transaction(*another, two)));
    const std::string ends = first + second;
    CHECK(ends == std::to_string(ER_LOCK_DEADLOCK));
    CHECK(own.status() == Status::idle);
    CHECK(another->status() == Status::idle);
    const auto rows = co_await own.query<int>("select sum(portions) from workbook.shelf");
    CHECK(std::get<0>(rows.front()) == 2013 - 2);
  });
}

TEST_CASE("a commit that is under way is awaited, although the task is cancelled") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    auto order_and_stop = [](Connection& inner) -> asio::awaitable<void> {
      co_await order(inner);
      server().pause();
    };
    const auto go_on = [&]() -> asio::awaitable<void> {
      co_await wait(1500ms);
      CHECK(own.status() == Status::busy);
      server().go_on();
    };
    const auto shielded = [&]() -> asio::awaitable<void> {
      const std::string end = co_await end_of(maria::in_transaction(own, order_and_stop), 1s);
      CHECK(end.empty());
    };
    co_await (shielded() && go_on());
    CHECK(own.status() == Status::idle);
    CHECK(orders() == 1);
  });
}

TEST_CASE("a cancelled transaction stays open until the connection is closed") {
  with_connection([](Connection&) -> asio::awaitable<void> {
    auto own = co_await Connection::open(address());
    const std::string end = co_await end_of(maria::in_transaction(*own, order_and_wait), soon);
    CHECK(end == "given up");
    CHECK(own->status() == Status::in_transaction);
    own.reset();
    CHECK(orders() == 0);
  });
}

// A statement that is refused does not say whether there still is a transaction.
TEST_CASE(
    "a transaction that a deadlock has undone is not taken for done, even if its body hides it") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto another = co_await Connection::open(address());
    const std::string take = "update workbook.shelf set portions = portions - 1 where dish = ?";
    int taken = 0;
    // The server undoes the one that has changed fewer rows.
    auto hide = [&](Connection& inner) -> asio::awaitable<void> {
      co_await inner.execute(take, "soup");
      ++taken;
      while (taken < 2) co_await wait(1ms);
      const std::string end = co_await end_of(inner.execute(take, "bread"));
      CHECK(end == std::to_string(ER_LOCK_DEADLOCK));
    };
    auto other = [&](Connection& inner) -> asio::awaitable<void> {
      co_await inner.execute(
          "insert into workbook.orders values (1, 'Ann', 'soup'),"
          " (2, 'Ben', 'soup'), (3, 'Cleo', 'soup')");
      co_await inner.execute(take, "bread");
      ++taken;
      while (taken < 2) co_await wait(1ms);
      co_await inner.execute(take, "soup");
    };
    const auto [hidden, whole] = co_await (end_of(maria::in_transaction(own, hide)) &&
                                           end_of(maria::in_transaction(*another, other)));
    CHECK(hidden == "the transaction has ended before its commit");
    CHECK(whole == "");
    CHECK(own.status() == Status::idle);
    const auto rows = co_await own.query<int>("select sum(portions) from workbook.shelf");
    CHECK(std::get<0>(rows.front()) == 2013 - 2);
  });
}

// In MariaDB a "begin" commits what was done before it.
TEST_CASE("a transaction within a transaction is refused, and the outer one is whole") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    auto inner = [](Connection& same) -> asio::awaitable<void> {
      co_await same.execute(insert, 2);
    };
    auto outer = [&](Connection& same) -> asio::awaitable<void> {
      co_await order(same);
      const std::string end = co_await end_of(maria::in_transaction(same, inner));
      CHECK(end == "the connection is in a transaction already");
      CHECK(orders() == 0);
    };
    auto outer_and_fail = [&](Connection& same) -> asio::awaitable<void> {
      co_await outer(same);
      throw std::runtime_error("no money");
    };
    std::string end = co_await end_of(maria::in_transaction(own, outer_and_fail));
    CHECK(end == "no money");
    CHECK(orders() == 0);
    end = co_await end_of(maria::in_transaction(own, outer));
    CHECK(end.empty());
    CHECK(orders() == 1);
  });
}

TEST_CASE("the first failure is reported, although there is no rollback after it") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    bool waits = false;
    auto fail_when_cancelled = [&](Connection& same) -> asio::awaitable<void> {
      co_await order(same);
      waits = true;
      try {
        co_await wait(1000s);
      } catch (const std::system_error&) {
        throw std::logic_error("no money");
      }
    };
    WatchedTask task(co_await asio::this_coro::executor,
                     maria::in_transaction(own, fail_when_cancelled));
    while (!waits) co_await wait(1ms);
    task.cancel();
    while (task.waits()) co_await wait(1ms);
    CHECK(task.threw<std::logic_error>());
  });
}

TEST_CASE("a pool of two serves three tasks, and the third one waits for a connection") {
  with_pool(2, [](Pool& pool) -> asio::awaitable<void> {
    int inside = 0;
    int most = 0;
    std::string served;
    const auto serve = [&](char name, std::chrono::milliseconds time) -> asio::awaitable<void> {
      auto work = [&](Connection&) -> asio::awaitable<void> {
        most = std::max(most, ++inside);
        co_await wait(time);
        --inside;
        served += name;
      };
      co_await pool.use(work);
    };
    auto first = serve('a', 100ms);
    auto second = serve('b', 300ms);
    auto third = serve('c', 1ms);
    co_await (std::move(first) && std::move(second) && std::move(third));
    CHECK(most == 2);
    CHECK(served == "acb");
    CHECK(pool.idle() == 2);
  });
}

TEST_CASE("after an exception a connection is used again") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    const auto id = co_await id_of(pool);
    std::string end = co_await end_of(pool.transaction(order_and_fail));
    CHECK(end == "no money");
    CHECK(orders() == 0);
    CHECK(pool.idle() == 1);
    end = co_await end_of(pool.transaction(order));
    CHECK(end.empty());
    CHECK(orders() == 1);
    const auto again = co_await id_of(pool);
    CHECK(again == id);
  });
}

TEST_CASE("what a cancelled task leaves behind, no other task gets") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    const auto id = co_await id_of(pool);
    SUBCASE("between two statements") {
      const std::string end = co_await end_of(pool.transaction(order_and_wait), soon);
      CHECK(end == "given up");
    }
    SUBCASE("during a statement") {
      const std::string end = co_await end_of(pool.transaction(order_and_sleep), soon);
      CHECK(end == "given up");
    }
    SUBCASE("during a statement that the body gives up itself") {
      auto give_up = [](Connection& own) -> asio::awaitable<void> {
        co_await order(own);
        const std::string end = co_await end_of(own.execute("do sleep(1000)"), soon);
        CHECK(end == "given up");
      };
      const std::string end = co_await end_of(pool.transaction(give_up));
      CHECK(end == "the transaction has ended before its commit");
    }
    SUBCASE("without a transaction of ours") {
      auto begin_and_leave = [](Connection& own) -> asio::awaitable<void> {
        co_await own.execute("begin");
        co_await order(own);
      };
      const std::string end = co_await end_of(pool.use(begin_and_leave));
      CHECK(end.empty());
    }
    CHECK(pool.idle() == 0);
    const auto another = co_await id_of(pool);
    CHECK(another != id);
    CHECK(orders() == 0);
    CHECK(pool.idle() == 1);
  });
}

TEST_CASE("what a cancelled task has asked for the server stops doing") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    const auto first = co_await (pool.use(order_and_sleep) || until_busy());
    CHECK(first.index() == 1);
    // (Without a request a sleep() looks at its connection after five seconds.)
    const auto stopped = []() -> asio::awaitable<void> {
      while (sleepers() > 0) co_await wait(10ms);
    };
    const std::string end = co_await end_of(stopped(), 3s);
    CHECK(end.empty());
    CHECK(orders() == 1);  // that statement was done
  });
}

TEST_CASE("a task that gives up waiting for a connection leaves the pool as it is") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    const auto give_up = [&]() -> asio::awaitable<void> {
      const std::string end = co_await end_of(pool.use(order), soon);
      CHECK(end == "given up");
    };
    auto hold = [](Connection&) { return wait(400ms); };
    co_await (pool.use(hold) && give_up());
    CHECK(pool.idle() == 1);
    CHECK(orders() == 0);
    const std::string end = co_await end_of(pool.use(order));
    CHECK(end.empty());
  });
}

TEST_CASE("a transaction does not need autocommit") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    co_await own.execute("set autocommit = 0");
    std::string end = co_await end_of(maria::in_transaction(own, order));
    CHECK(end.empty());
    CHECK(orders() == 1);
    auto commits = [](Connection& inner) -> asio::awaitable<void> {
      co_await inner.execute("create or replace table workbook.other (number integer)");
    };
    end = co_await end_of(maria::in_transaction(own, commits));
    CHECK(end == "the transaction has ended before its commit");
  });
}

TEST_CASE("a connection without autocommit is not idle: the next task's orders would be lost") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    auto switch_off = [](Connection& own) -> asio::awaitable<void> {
      co_await own.execute("set autocommit = 0");
    };
    co_await pool.use(switch_off);
    CHECK(pool.idle() == 0);
    co_await pool.use(order);
    CHECK(orders() == 1);
  });
}

TEST_CASE("a request to stop that fails does not hide the first failure") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    std::optional<FileLimit> limit;
    auto give_up = [&](Connection& own) -> asio::awaitable<void> {
      const std::string end = co_await end_of(own.execute("do sleep(2)"), soon);
      CHECK(end == "given up");
      limit.emplace(1);  // the library's socket, but not the loop's
      throw std::runtime_error("no money");
    };
    const std::string end = co_await end_of(pool.use(give_up));
    limit.reset();
    CHECK(end == "no money");
  });
}

TEST_CASE("a task that is cancelled stays so, however long the pool had to clean up") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    bool goes_on = false;
    const auto never_mind = [&]() -> asio::awaitable<void> {
      try {
        co_await pool.use(order_and_sleep);
      } catch (const std::system_error&) {
      }
      co_await wait(1ms);
      goes_on = true;
    };
    WatchedTask task(co_await asio::this_coro::executor, never_mind());
    co_await until_busy();
    task.cancel();
    while (task.waits()) co_await wait(1ms);
    CHECK_FALSE(goes_on);
    CHECK(task.failed_with(make_error_code(asio::error::operation_aborted)));
  });
}

TEST_CASE("an idle connection that the server has ended is replaced") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    const auto id = co_await id_of(pool);
    end_connection(id);
    const std::string end = co_await end_of(pool.transaction(order));
    CHECK(end.empty());
    CHECK(orders() == 1);
  });
}

TEST_CASE("a task has what it needs of a pool that is gone when it begins") {
  open_kitchen(address());
  asio::io_context loop;
  std::optional<Pool> pool(std::in_place, loop.get_executor(), address(), 1);
  WatchedTask used(loop, pool->use(order));
  auto again = [](Connection& own) -> asio::awaitable<void> { co_await own.execute(insert, 2); };
  WatchedTask transaction(loop, pool->transaction(again));
  pool.reset();
  loop.run();
  CHECK(used.succeeded());
  CHECK(transaction.succeeded());
  CHECK(orders() == 2);
}

TEST_CASE("when the server is killed the pool waits until it is back") {
  with_pool(2, [](Pool& pool) -> asio::awaitable<void> {
    co_await pool.transaction(order);
    server().end(SIGKILL);
    const auto restart = []() -> asio::awaitable<void> {
      co_await wait(300ms);
      server().start();  // (blocks for a second)
    };
    auto again = [](Connection& own) -> asio::awaitable<void> { co_await own.execute(insert, 2); };
    co_await (pool.transaction(again) && restart());
    CHECK(orders() == 2);
  });
}
