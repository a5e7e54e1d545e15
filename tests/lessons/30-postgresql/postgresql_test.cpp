// What the page of lesson 30 promises of its headers, with their own PostgreSQL.
#include <doctest/doctest.h>
#include <fmt/core.h>
#include <poll.h>
#include <postgresql/libpq-fe.h>

#include <algorithm>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "../../../lessons/30-postgresql/blocking.hpp"
#include "../../../lessons/30-postgresql/connection.hpp"
#include "../../../lessons/30-postgresql/kitchen.hpp"
#include "../../../lessons/30-postgresql/pool.hpp"
#include "../../../lessons/30-postgresql/transaction.hpp"
#include "../../../tools/servers/postgresql.hpp"
#include "../tasks.hpp"

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using pg::BlockingConnection, pg::Connection, pg::Error, pg::Lost, pg::Pool, pg::Values;

namespace {

// One for all cases, on its own loop, which runs while it is started.
struct OwnServer {
  asio::io_context loop;
  servers::Postgresql postgresql{loop.get_executor()};

  OwnServer() { start(); }

  void start() {
    asio::co_spawn(loop, postgresql.start(), rethrow);
    loop.restart();
    loop.run();
  }

  void kill() { postgresql.process().end(SIGKILL, 0ms); }
};

OwnServer& server() {
  static OwnServer server;
  return server;
}

std::string address() {
  return server().postgresql.url();
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

constexpr const char* insert = "insert into workbook.orders values ($1, 'Ann', 'soup')";

asio::awaitable<void> order(Connection& own) {
  co_await own.execute(insert, 1);
}

asio::awaitable<void> order_and_fail(Connection& own) {
  co_await order(own);
  throw std::runtime_error("no money");
}

asio::awaitable<void> order_and_sleep(Connection& own) {
  co_await order(own);
  co_await own.execute("select pg_sleep(1000)");
}

asio::awaitable<void> order_and_wait(Connection& own) {
  co_await order(own);
  co_await wait(1000s);
}

constexpr std::chrono::milliseconds soon = 200ms;

// The state with which it is refused; "lost" without a connection, "given up" after the limit, ""
// if all is well.
asio::awaitable<std::string> end_of(asio::awaitable<void> work,
                                    std::chrono::milliseconds limit = 20s) {
  try {
    co_await wait_for(std::move(work), limit);
  } catch (const Lost&) {
    co_return "lost";
  } catch (const Error& error) {
    co_return error.state.empty() ? error.what() : error.state;
  } catch (const TimedOut&) {
    co_return "given up";
  } catch (const std::runtime_error& error) {
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

asio::awaitable<int> process_of(Pool& pool) {
  int process = 0;
  auto look = [&](Connection& own) -> asio::awaitable<void> {
    process = PQbackendPID(own.handle());
    co_return;
  };
  co_await pool.use(look);
  co_return process;
}

void end_process(int process) {
  BlockingConnection another(address());
  another.execute("select pg_terminate_backend($1, 5000)", process);
}

bool serves(int process) {
  BlockingConnection another(address());
  const auto rows =
      another.query<int>("select count(*) from pg_stat_activity where pid = $1", process);
  return std::get<0>(rows.front()) > 0;
}

int sleepers() {
  BlockingConnection another(address());
  const auto rows = another.query<int>(
      "select count(*) from pg_stat_activity"
      " where query like '%pg_sleep(1000)%' and state = 'active' and pid <> pg_backend_pid()");
  return std::get<0>(rows.front());
}

std::size_t open_descriptors() {
  using std::filesystem::directory_iterator;
  return static_cast<std::size_t>(
      std::distance(directory_iterator("/proc/self/fd"), directory_iterator()));
}

}  // namespace

TEST_CASE("values go there and come back") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const std::string odd = "it's a \"soup\"\\\t\n\r ä €";
    const auto rows =
        co_await own.query<std::string, int, double, bool, std::optional<int>, std::string>(
            "select $1::text, $2::int, $3::float8, $4::bool, $5::int, $6::text", odd, -7, 0.1, true,
            std::optional<int>(), "");
    REQUIRE(rows.size() == 1);
    const auto& [text, number, real, yes, none, empty] = rows.front();
    CHECK(text == odd);
    CHECK(number == -7);
    CHECK(real == 0.1);
    CHECK(yes);
    CHECK(!none);
    CHECK(empty.empty());
    const auto several =
        co_await own.query<std::optional<long>>("select generate_series(1, $1::int)", 3);
    REQUIRE(several.size() == 3);
    CHECK(std::get<0>(several[2]) == 3);
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
      CHECK(own.status() == PQTRANS_IDLE);
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
    reason = co_await end_of_query(own.query<bool>("select 1"));
    CHECK(reason == "\"1\" is not a bool");
  });
  CHECK_THROWS_AS(Values(std::string("a\0b", 3)), Error);
}

TEST_CASE("a statement says how many rows it has changed") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    std::size_t changed = co_await own.execute(insert, 1);
    CHECK(changed == 1);
    const auto put = co_await own.prepare(insert);
    changed = co_await own.execute(put, 2);
    CHECK(changed == 1);
    changed = co_await own.execute(put, 3);
    CHECK(changed == 1);
    const auto ask = co_await own.prepare("select number from workbook.orders where number > $1");
    const auto rows = co_await own.query<int>(ask, 1);
    CHECK(rows.size() == 2);
    changed = co_await own.execute("delete from workbook.orders");
    CHECK(changed == 3);
  });
}

TEST_CASE("a refusal has its state, and the connection goes on") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    co_await order(own);
    std::string end = co_await end_of(order(own));
    CHECK(end == "23505");
    end = co_await end_of(own.execute("selec"));
    CHECK(end == "42601");
    CHECK(own.status() == PQTRANS_IDLE);
    const auto rows = co_await own.query<int>("select 1");
    CHECK(rows.size() == 1);
  });
}

TEST_CASE("a prepared statement is not taken for one of another connection") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto another = co_await Connection::open(address());
    const pg::Prepared ours = co_await own.prepare("select 1");
    co_await another->prepare("delete from workbook.shelf");
    const std::string end = co_await end_of(another->execute(ours));
    CHECK(end == "26000");
    const auto rows = co_await another->query<int>("select count(*) from workbook.shelf");
    CHECK(std::get<0>(rows.front()) > 0);
  });
}

TEST_CASE("of a pipeline everything is done, or nothing") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto put = co_await own.prepare(insert);
    const auto all = [&](const std::vector<int>& numbers) {
      std::vector<Values> values;
      for (const int number : numbers) values.emplace_back(number);
      return own.execute_all(put, std::move(values));
    };
    const std::vector<int> with_duplicate{11, 12, 11, 13};
    const std::vector<int> good{11, 12, 13};
    std::string end = co_await end_of(all(with_duplicate));
    CHECK(end == "23505");
    CHECK(orders() == 0);
    CHECK(own.status() == PQTRANS_IDLE);
    end = co_await end_of(all(good));
    CHECK(end.empty());
    CHECK(orders() == 3);
    end = co_await end_of(all(std::vector<int>()));
    CHECK(end.empty());
    const auto rows = co_await own.query<int>("select 1");
    CHECK(rows.size() == 1);
  });
}

TEST_CASE("a pipeline whose answers are large does not get stuck") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto repeat = co_await own.prepare("select repeat($1, 4)");
    const std::vector<Values> many(20'000, Values(std::string(1000, 'x')));
    co_await own.execute_all(repeat, many);
    CHECK(own.status() == PQTRANS_IDLE);
  });
}

TEST_CASE("COPY takes every text, and tells what the server refuses") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const std::vector<std::optional<std::string>> guests{"a\tb", "a\\b\n", "\\N", "", std::nullopt};
    int number = 0;
    auto next = [&]() -> std::optional<Values> {
      if (number == 5) return std::nullopt;
      ++number;
      return Values(number, guests[static_cast<std::size_t>(number - 1)], "soup");
    };
    const std::size_t copied = co_await own.copy("copy workbook.orders from stdin", next);
    CHECK(copied == 5);
    const auto rows = co_await own.query<std::optional<std::string>>(
        "select guest from workbook.orders order by number");
    REQUIRE(rows.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) CHECK(std::get<0>(rows[i]) == guests[i]);

    bool once = true;
    auto wrong = [&]() -> std::optional<Values> {
      if (!std::exchange(once, false)) return std::nullopt;
      return Values("no number", "Ann", "soup");
    };
    std::string end = co_await end_of(own.copy("copy workbook.orders from stdin", wrong));
    CHECK(end == "22P02");
    end = co_await end_of(own.copy("copy nothing from stdin", wrong));
    CHECK(end == "42P01");
    end = co_await end_of(own.copy("select 1", wrong));
    CHECK(end == "this is not a COPY from stdin");
    CHECK(own.status() == PQTRANS_IDLE);
    end = co_await end_of(own.execute("copy workbook.orders from stdin"));
    CHECK(end == "this is a COPY: only copy() can do it, from stdin");
    CHECK(own.status() == PQTRANS_ACTIVE);
  });
}

TEST_CASE("100,000 rows are copied, and no more than a few are held in memory") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    int number = 0;
    auto next = [&]() -> std::optional<Values> {
      if (number == 100'000) return std::nullopt;
      return Values(++number, "Ann", "soup");
    };
    const std::size_t copied = co_await own.copy("copy workbook.orders from stdin", next);
    CHECK(copied == 100'000);
  });
}

TEST_CASE("a notification comes when its transaction is committed") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    co_await own.execute("listen news");
    BlockingConnection another(address());
    another.execute("begin");
    another.execute("notify news, 'rolled back'");
    another.execute("rollback");
    another.execute("notify news, 'one'");
    another.execute("notify news, 'two'");
    std::string said = co_await own.notification();
    CHECK(said == "one");
    // One that comes with an answer is not lost.
    const auto rows = co_await own.query<int>("select 1");
    CHECK(rows.size() == 1);
    said = co_await own.notification();
    CHECK(said == "two");
  });
}

TEST_CASE("a question that is given up stays under way") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    std::string end = co_await end_of(own.execute("select pg_sleep(1000)"), soon);
    CHECK(end == "given up");
    CHECK(own.status() == PQTRANS_ACTIVE);
    end = co_await end_of(own.execute("select 1"));
    CHECK(end == "another command is already in progress");
    co_await own.cancel();
  });
}

TEST_CASE("a cancelled question is refused with its own state") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto cancel_soon = [&]() -> asio::awaitable<void> {
      co_await wait(50ms);
      co_await own.cancel();
    };
    const std::string end = std::get<0>(
        co_await (end_of(own.execute("select pg_sleep(1000)")) && end_of(cancel_soon())));
    CHECK(end == "57014");
    CHECK(own.status() == PQTRANS_IDLE);
  });
}

TEST_CASE("a connection whose process is ended is lost, and no other") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    const auto another = co_await Connection::open(address());
    CHECK(own.is_quiet());
    end_process(PQbackendPID(own.handle()));
    CHECK(!own.is_quiet());
    std::string end = co_await end_of(own.execute("select 1"));
    CHECK(end == "lost");
    end = co_await end_of(own.execute("select 1"));
    CHECK(end == "lost");
    CHECK(own.status() == PQTRANS_UNKNOWN);
    end = co_await end_of(another->execute("select 1"));
    CHECK(end.empty());
  });
}

// libpq has closed its descriptor when the new connection is opened, which gets the same number.
TEST_CASE("the end of a lost connection does not touch the next one") {
  with_connection([](Connection&) -> asio::awaitable<void> {
    auto first = co_await Connection::open(address());
    end_process(PQbackendPID(first->handle()));
    std::string end = co_await end_of(first->execute("select 1"));
    CHECK(end == "lost");
    const auto second = co_await Connection::open(address());
    first.reset();
    end = co_await end_of(second->execute("select pg_sleep(0.05)"));
    CHECK(end.empty());
  });
}

TEST_CASE("connections leave no descriptors behind") {
  const auto before = [] {
    with_connection([](Connection&) -> asio::awaitable<void> { co_return; });
    return open_descriptors();
  }();
  for (int i = 0; i < 5; ++i) {
    with_connection([](Connection& own) -> asio::awaitable<void> {
      co_await end_of(own.execute("select pg_sleep(1000)"), soon);
      co_await own.cancel();
    });
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("an address at which there is no server is an error at once") {
  const auto connect = []() -> asio::awaitable<void> {
    Pool pool(co_await asio::this_coro::executor, "postgresql://workbook@127.0.0.1:1", 1);
    const std::string end = co_await end_of(pool.use(order));
    CHECK(end == "lost");
  };
  test(connect());
  CHECK_THROWS_AS(BlockingConnection("postgresql://workbook@127.0.0.1:1"), Lost);
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

TEST_CASE("a blocking transaction whose body hides a refusal is not taken for done") {
  open_kitchen(address());
  BlockingConnection own(address());
  const auto hide = [](BlockingConnection& inner) {
    inner.execute(insert, 1);
    CHECK_THROWS_AS(inner.execute(insert, 1), Error);
  };
  CHECK_THROWS_WITH(own.transaction(hide), "a statement of the transaction has failed");
  CHECK(orders() == 0);
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
    end_process(std::get<0>(inner.query<int>("select pg_backend_pid()").front()));
    throw std::logic_error("no money");
  };
  CHECK_THROWS_WITH_AS(own.transaction(lose), "no money", std::logic_error);
}

TEST_CASE("a transaction is committed at its end, and rolled back by an exception") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    std::string end = co_await end_of(pg::in_transaction(own, order));
    CHECK(end.empty());
    CHECK(orders() == 1);
    end = co_await end_of(pg::in_transaction(own, order));
    CHECK(end == "23505");
    CHECK(own.status() == PQTRANS_IDLE);
    co_await own.execute("delete from workbook.orders");
    end = co_await end_of(pg::in_transaction(own, order_and_fail));
    CHECK(end == "no money");
    CHECK(own.status() == PQTRANS_IDLE);
    CHECK(orders() == 0);
  });
}

// PostgreSQL answers such a "commit" by rolling back, without an error.
TEST_CASE("a transaction whose body hides a refusal is not taken for done") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    auto hide = [](Connection& inner) -> asio::awaitable<void> {
      co_await order(inner);
      const std::string end = co_await end_of(order(inner));
      CHECK(end == "23505");
    };
    const std::string end = co_await end_of(pg::in_transaction(own, hide));
    CHECK(end == "a statement of the transaction has failed");
    CHECK(own.status() == PQTRANS_IDLE);
    CHECK(orders() == 0);
  });
}

TEST_CASE("what only the commit finds out is an error, too") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    co_await own.execute(
        "alter table workbook.orders add constraint one_each unique (guest)"
        " deferrable initially deferred");
    auto twice = [](Connection& inner) -> asio::awaitable<void> {
      co_await inner.execute(insert, 1);
      co_await inner.execute(insert, 2);
    };
    const std::string end = co_await end_of(pg::in_transaction(own, twice));
    CHECK(end == "23505");
    CHECK(own.status() == PQTRANS_IDLE);
    CHECK(orders() == 0);
  });
}

TEST_CASE("a commit that is under way is awaited, although the task is cancelled") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    co_await own.execute(
        "create function workbook.slow() returns trigger language plpgsql as"
        " 'begin perform pg_sleep(0.5); return null; end'");
    co_await own.execute(
        "create constraint trigger slow after insert on workbook.orders"
        " deferrable initially deferred for each row execute function workbook.slow()");
    const std::string end = co_await end_of(pg::in_transaction(own, order));
    CHECK(end.empty());
    CHECK(own.status() == PQTRANS_IDLE);
    CHECK(orders() == 1);
  });
}

TEST_CASE("a cancelled transaction stays open until the connection is closed") {
  with_connection([](Connection&) -> asio::awaitable<void> {
    auto own = co_await Connection::open(address());
    std::string end = co_await end_of(pg::in_transaction(*own, order_and_wait), soon);
    CHECK(end == "given up");
    CHECK(own->status() == PQTRANS_INTRANS);
    own.reset();
    CHECK(orders() == 0);
  });
}

TEST_CASE("a transaction within a transaction is refused, and the outer one is whole") {
  with_connection([](Connection& own) -> asio::awaitable<void> {
    auto inner = [](Connection& same) -> asio::awaitable<void> {
      co_await same.execute(insert, 2);
    };
    auto outer = [&](Connection& same) -> asio::awaitable<void> {
      co_await order(same);
      const std::string end = co_await end_of(pg::in_transaction(same, inner));
      CHECK(end == "the connection is in a transaction already");
      CHECK(orders() == 0);
    };
    auto outer_and_fail = [&](Connection& same) -> asio::awaitable<void> {
      co_await outer(same);
      throw std::runtime_error("no money");
    };
    std::string end = co_await end_of(pg::in_transaction(own, outer_and_fail));
    CHECK(end == "no money");
    CHECK(orders() == 0);
    end = co_await end_of(pg::in_transaction(own, outer));
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
                     pg::in_transaction(own, fail_when_cancelled));
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
    const int process = co_await process_of(pool);
    std::string end = co_await end_of(pool.transaction(order_and_fail));
    CHECK(end == "no money");
    CHECK(orders() == 0);
    CHECK(pool.idle() == 1);
    end = co_await end_of(pool.transaction(order));
    CHECK(end.empty());
    CHECK(orders() == 1);
    const int again = co_await process_of(pool);
    CHECK(again == process);
  });
}

TEST_CASE("what a cancelled task leaves behind, no other task gets") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    const int process = co_await process_of(pool);
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
        const std::string end = co_await end_of(own.execute("select pg_sleep(1000)"), soon);
        CHECK(end == "given up");
      };
      const std::string end = co_await end_of(pool.transaction(give_up));
      CHECK(end == "a statement of the transaction has failed");
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
    const int another = co_await process_of(pool);
    CHECK(another != process);
    CHECK(orders() == 0);
    CHECK(pool.idle() == 1);
  });
}

TEST_CASE("what a cancelled task has asked for the server stops doing") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    const std::string end = co_await end_of(pool.use(order_and_sleep), soon);
    CHECK(end == "given up");
    while (sleepers() > 0) co_await wait(10ms);  // or the test takes too long
    CHECK(orders() == 1);                        // that statement was done
  });
}

TEST_CASE("a task that gives up waiting for a connection leaves the pool as it is") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    const auto give_up = [&]() -> asio::awaitable<void> {
      const std::string end = co_await end_of(pool.use(order), soon);
      CHECK(end == "given up");
    };
    SUBCASE("that another task has") {
      auto hold = [](Connection&) { return wait(400ms); };
      co_await (pool.use(hold) && give_up());
    }
    SUBCASE("that it has itself") {
      auto ask_for_another = [&](Connection&) { return give_up(); };
      co_await pool.use(ask_for_another);
    }
    CHECK(pool.idle() == 1);
    CHECK(orders() == 0);
    const std::string end = co_await end_of(pool.use(order));
    CHECK(end.empty());
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
    while (sleepers() == 0) co_await wait(5ms);
    task.cancel();
    while (task.waits()) co_await wait(1ms);
    CHECK_FALSE(goes_on);
    CHECK(task.failed_with(make_error_code(asio::error::operation_aborted)));
  });
}

TEST_CASE("connections that cannot be made take no places") {
  const auto connect = []() -> asio::awaitable<void> {
    Pool pool(co_await asio::this_coro::executor, "postgresql:///workbook?host=/nowhere", 2);
    for (int i = 0; i < 5; ++i) {
      const std::string end = co_await end_of(pool.use(order));
      CHECK(end == "lost");
    }
  };
  test(connect());
}

TEST_CASE("a loop may be destroyed while tasks have connections, or wait for one") {
  open_kitchen(address());
  std::optional<asio::io_context> loop(std::in_place);
  std::optional<Pool> pool(std::in_place, loop->get_executor(), address(), 1);
  int process = 0;
  auto look_and_wait = [&](Connection& own) -> asio::awaitable<void> {
    process = PQbackendPID(own.handle());
    co_await wait(1000s);
  };
  asio::co_spawn(*loop, pool->transaction(look_and_wait), asio::detached);
  asio::co_spawn(*loop, pool->transaction(order), asio::detached);
  while (process == 0) loop->run_one();
  pool.reset();
  loop.reset();
  const auto ends = [&]() -> asio::awaitable<void> {
    while (serves(process)) co_await wait(5ms);
  };
  test(ends());
  CHECK(orders() == 0);
}

TEST_CASE("an idle connection that the server has ended is replaced") {
  with_pool(1, [](Pool& pool) -> asio::awaitable<void> {
    const int process = co_await process_of(pool);
    end_process(process);
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
    int socket = -1;
    auto order_and_look = [&](Connection& own) -> asio::awaitable<void> {
      co_await order(own);
      socket = PQsocket(own.handle());
    };
    co_await pool.transaction(order_and_look);
    server().kill();
    // What serves a client is a process of its own. Until it has noticed, it takes a question that
    // it will not answer.
    pollfd idle{socket, POLLIN, 0};
    CHECK(poll(&idle, 1, 20'000) == 1);
    const auto restart = []() -> asio::awaitable<void> {
      server().start();  // (blocks for a second)
      co_return;
    };
    auto again = [](Connection& own) -> asio::awaitable<void> { co_await own.execute(insert, 2); };
    co_await (pool.transaction(again) && restart());
    CHECK(orders() == 2);
  });
}
