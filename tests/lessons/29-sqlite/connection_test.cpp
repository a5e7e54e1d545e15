// Statements and connections, against the sentences of their page: what a value becomes, what is
// thrown, what a transaction leaves behind, and who waits for a lock.
#include "../../../lessons/29-sqlite/connection.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <tuple>

#include "../../../lessons/29-sqlite/kitchen.hpp"

using namespace std::chrono_literals;
using namespace std::string_literals;
using sqlite::Connection, sqlite::Error;
using std::chrono::steady_clock;

namespace {

constexpr const char* endless =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
constexpr const char* endless_insert =
    "insert into orders with recursive n(i) as (select 100 union all select i + 1 from n) "
    "select i, 'Ann', 'soup' from n";
constexpr const char* take = "update shelf set portions = portions - 1 where dish = 'soup'";

// The extended code of what it throws; 0 if it throws nothing.
int code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code;
  }
  return SQLITE_OK;
}

int portions(Connection& kitchen) {
  return std::get<0>(
      kitchen.query<int>("select portions from shelf where dish = ?", "soup").front());
}

int orders_of(Connection& kitchen, const std::string& guest) {
  const auto rows = kitchen.query<int>("select count(*) from orders where guest = ?", guest);
  return std::get<0>(rows.front());
}

}  // namespace

TEST_SUITE_BEGIN("29-sqlite");

TEST_CASE("a value that was put in comes out") {
  Connection memory(":memory:");
  memory.execute("create table t (text text, number integer, real real, maybe)");
  const std::string odd = "a\0b 'c' \"d\" ; -- e\n\xc3\xa4"s;
  const auto largest = std::numeric_limits<std::int64_t>::max();
  memory.execute("insert into t values (?, ?, ?, ?)", odd, largest, 0.1, std::optional<int>());
  memory.execute("insert into t values (?, ?, ?, ?)", "", -largest - 1, -0.0,
                 std::optional<int>(7));
  const auto rows = memory.query<std::string, std::int64_t, double, std::optional<int>>(
      "select * from t order by number desc");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == std::tuple(odd, largest, 0.1, std::optional<int>()));
  CHECK(rows[1] == std::tuple(std::string(), -largest - 1, -0.0, std::optional<int>(7)));
  CHECK(memory.query<int>("select 1 where 0").empty());
}

TEST_CASE("a value of another type is refused instead of converted") {
  Connection memory(":memory:");
  CHECK(code_of([&] { memory.query<int>("select 3000000000"); }) == SQLITE_MISMATCH);
  CHECK(code_of([&] { memory.query<int>("select 'soup'"); }) == SQLITE_MISMATCH);
  CHECK(code_of([&] { memory.query<int>("select null"); }) == SQLITE_MISMATCH);
  CHECK(code_of([&] { memory.query<int>("select 0.5"); }) == SQLITE_MISMATCH);
  CHECK(code_of([&] { memory.query<double>("select 'soup'"); }) == SQLITE_MISMATCH);
  CHECK(code_of([&] { memory.query<std::string>("select 1"); }) == SQLITE_MISMATCH);
  CHECK(std::get<0>(memory.query<double>("select 2").front()) == 2);
}

TEST_CASE("a statement that does not fit is refused") {
  Connection memory(":memory:");
  CHECK(code_of([&] { memory.execute("select 1; select 2"); }) == SQLITE_MISUSE);
  CHECK(code_of([&] { memory.execute(""); }) == SQLITE_MISUSE);
  CHECK(code_of([&] { memory.execute("select ?"); }) == SQLITE_RANGE);
  CHECK(code_of([&] { memory.execute("select ?", 1, 2); }) == SQLITE_RANGE);
  CHECK(code_of([&] { memory.query<int>("select 1, 2"); }) == SQLITE_RANGE);
  CHECK(code_of([&] { memory.execute("make soup"); }) == SQLITE_ERROR);
}

TEST_CASE("a statement is prepared once, and keeps nothing of its last execution") {
  const KitchenFile file;
  Connection kitchen(file.path());
  const std::string take_of = "update shelf set portions = portions - ? where dish = ?";
  kitchen.execute(take_of, 1, "soup");
  CHECK(code_of([&] { kitchen.execute(take_of, 1000, "soup"); }) == SQLITE_CONSTRAINT_CHECK);
  CHECK(code_of([&] { kitchen.execute(take_of, 1); }) == SQLITE_RANGE);
  kitchen.execute(take_of, 2, "soup");
  CHECK(portions(kitchen) == 7);
  // Another connection changes the table: the statement is prepared anew.
  const std::string all = "select * from shelf where dish = 'soup'";
  CHECK(kitchen.query<std::string, int>(all).size() == 1);
  Connection(file.path()).execute("alter table shelf add column price integer");
  CHECK(code_of([&] { kitchen.query<std::string, int>(all); }) == SQLITE_RANGE);
  CHECK(kitchen.query<std::string, int, std::optional<int>>(all).size() == 1);
}

TEST_CASE("a query that fails in the middle holds no lock") {
  const KitchenFile file;
  Connection reader(file.path());
  Connection writer(file.path(), 0ms);
  writer.execute("pragma journal_mode = delete");
  CHECK(code_of([&] { reader.query<int>("select guest from orders"); }) == SQLITE_MISMATCH);
  CHECK(code_of([&] { writer.execute(take); }) == SQLITE_OK);
}

TEST_CASE("a thousand different statements") {
  Connection memory(":memory:");
  for (int i = 0; i < 1000; ++i) {
    CHECK(std::get<0>(memory.query<int>("select " + std::to_string(i)).front()) == i);
  }
}

TEST_CASE("an error has the extended code, and the library's words") {
  const KitchenFile file;
  Connection kitchen(file.path());
  CHECK(code_of([&] { kitchen.execute("insert into shelf values ('soup', 1)"); }) ==
        SQLITE_CONSTRAINT_PRIMARYKEY);
  CHECK(code_of([&] { kitchen.execute("update shelf set portions = -1"); }) ==
        SQLITE_CONSTRAINT_CHECK);
  std::string words;
  try {
    kitchen.execute("select * from cellar");
  } catch (const Error& error) {
    words = error.what();
  }
  CHECK(words == "no such table: cellar");
  CHECK(portions(kitchen) == 10);
}

TEST_CASE("a file that is not a database, and one that cannot be there") {
  const KitchenFile file;
  const std::string folder = std::filesystem::path(file.path()).parent_path();
  CHECK(code_of([&] { Connection(folder + "/no such folder/kitchen.db"); }) == SQLITE_CANTOPEN);
  std::ofstream(folder + "/recipe") << std::string(4096, 'x');
  CHECK(code_of([&] { Connection(folder + "/recipe").execute("select * from shelf"); }) ==
        SQLITE_NOTADB);
}

TEST_CASE("a transaction is committed, and returns what its body does") {
  const KitchenFile file;
  Connection kitchen(file.path());
  const std::string answer = kitchen.transaction([](Connection& own) {
    own.execute(take);
    CHECK(own.in_transaction());
    return std::string("taken");
  });
  CHECK(answer == "taken");
  CHECK(!kitchen.in_transaction());
  kitchen.transaction(Booking{"Ann", "soup"});
  CHECK(portions(kitchen) == 8);
  CHECK(orders_of(kitchen, "Ann") == 1);
}

TEST_CASE("a body that throws leaves nothing behind, and its exception arrives") {
  const KitchenFile file;
  Connection kitchen(file.path());
  std::string reason;
  try {
    kitchen.transaction([](Connection& own) {
      own.execute(take);
      throw std::runtime_error("the pot fell");
    });
  } catch (const std::runtime_error& error) {
    reason = error.what();
  }
  CHECK(reason == "the pot fell");
  CHECK(!kitchen.in_transaction());
  CHECK(portions(kitchen) == 10);
}

TEST_CASE("an order that is sold out is not written down, either") {
  const KitchenFile file;
  Connection kitchen(file.path());
  kitchen.execute("update shelf set portions = 1 where dish = 'soup'");
  kitchen.transaction(Booking{"Ann", "soup"});
  CHECK(code_of([&] { kitchen.transaction(Booking{"Ben", "soup"}); }) == SQLITE_CONSTRAINT_CHECK);
  CHECK(orders_of(kitchen, "Ann") == 1);
  CHECK(orders_of(kitchen, "Ben") == 0);
}

TEST_CASE("a transaction within a transaction fails, and takes the outer one along") {
  const KitchenFile file;
  Connection kitchen(file.path());
  CHECK(code_of([&] {
          kitchen.transaction([](Connection& own) {
            own.execute(take);
            own.transaction([](Connection&) {});
          });
        }) == SQLITE_ERROR);
  CHECK(!kitchen.in_transaction());
  CHECK(portions(kitchen) == 10);
}

TEST_CASE("a commit that is refused is a failure: nothing is done") {
  const KitchenFile file;
  Connection kitchen(file.path());
  sqlite3_commit_hook(
      kitchen.handle(), [](void*) { return 1; }, nullptr);
  CHECK(code_of([&] {
          kitchen.transaction(Booking{"Ann", "soup"});
        }) == SQLITE_CONSTRAINT_COMMITHOOK);
  CHECK(!kitchen.in_transaction());
  CHECK(portions(kitchen) == 10);
}

TEST_CASE("the first failure is reported, even if the rollback fails, too") {
  const KitchenFile file;
  Connection kitchen(file.path());
  const auto no_rollback = [](void*, int action, const char* what, const char*, const char*,
                              const char*) {
    return action == SQLITE_TRANSACTION && what == "ROLLBACK"s ? SQLITE_DENY : SQLITE_OK;
  };
  sqlite3_set_authorizer(kitchen.handle(), no_rollback, nullptr);
  CHECK_THROWS_WITH(
      kitchen.transaction([](Connection&) { throw std::runtime_error("the pot fell"); }),
      "the pot fell");
}

TEST_CASE("beside a writer others read what was there before") {
  const KitchenFile file;
  Connection writer(file.path());
  Connection reader(file.path());
  writer.transaction([&](Connection& own) {
    own.execute(take);
    CHECK(portions(reader) == 10);
    CHECK(portions(own) == 9);
  });
  CHECK(portions(reader) == 9);
}

TEST_CASE("a second writer waits as long as it may, and no longer") {
  const KitchenFile file;
  Connection first(file.path());
  Connection impatient(file.path(), 0ms);
  Connection second(file.path(), 30ms);
  first.execute("begin immediate");
  CHECK(code_of([&] { impatient.execute(take); }) == SQLITE_BUSY);
  const auto start = steady_clock::now();
  CHECK(code_of([&] { second.execute(take); }) == SQLITE_BUSY);
  CHECK(steady_clock::now() - start >= 30ms);
  CHECK(code_of([&] { second.transaction([](Connection&) {}); }) == SQLITE_BUSY);
  CHECK(!second.in_transaction());
  first.execute("commit");
  second.execute(take);
  CHECK(portions(first) == 9);
}

TEST_CASE("a transaction that has read does not wait: what it has read is out of date") {
  const KitchenFile file;
  Connection ann(file.path(), 1h);
  Connection ben(file.path(), 1h);
  ann.execute("begin");
  CHECK(portions(ann) == 10);
  ben.execute(take);
  CHECK(code_of([&] { ann.execute(take); }) == SQLITE_BUSY_SNAPSHOT);
  ann.execute("rollback");
  ann.transaction([](Connection& own) {
    CHECK(portions(own) == 9);
    own.execute(take);
  });
  CHECK(portions(ben) == 8);
}

TEST_CASE("a statement without an end ends when it is stopped") {
  const KitchenFile file;
  Connection kitchen(file.path());
  std::stop_source stop;
  kitchen.stop_when(stop.get_token());
  CHECK(portions(kitchen) == 10);
  std::thread stopper([&] { stop.request_stop(); });
  CHECK(code_of([&] { kitchen.query<int>(endless); }) == SQLITE_INTERRUPT);
  stopper.join();
  kitchen.stop_when({});
  CHECK(portions(kitchen) == 10);
}

TEST_CASE("a stopped transaction is rolled back, whatever was under way") {
  const KitchenFile file;
  Connection kitchen(file.path());
  for (const char* statement : {endless, endless_insert}) {
    std::stop_source stop;
    kitchen.stop_when(stop.get_token());
    CHECK(code_of([&] {
            kitchen.transaction([&](Connection& own) {
              Booking{"Ann", "soup"}(own);
              stop.request_stop();
              own.execute(statement);
            });
          }) == SQLITE_INTERRUPT);
    CHECK(!kitchen.in_transaction());
    CHECK(portions(kitchen) == 10);
    CHECK(orders_of(kitchen, "Ann") == 0);
  }
}

// SQLite looks once more after the last step of a statement, when what it did is done already. (It
// counts the steps of all executions together: each try is at another place between two looks.)
TEST_CASE("what is stopped has not been done, however late the stop comes") {
  const KitchenFile file;
  Connection kitchen(file.path());
  std::stop_source stop;
  auto request_stop = [](void* source, int, const char*, const char*, sqlite3_int64) {
    static_cast<std::stop_source*>(source)->request_stop();
  };
  sqlite3_update_hook(kitchen.handle(), request_stop, &stop);
  int stopped = 0;
  int done = 0;
  auto take_alone = [&] { kitchen.execute(take); };
  auto take_in_transaction = [&] {
    kitchen.transaction([](Connection& own) { own.execute(take); });
  };
  for (int attempt = 0; attempt < 200; ++attempt) {
    kitchen.stop_when({});
    kitchen.execute("update shelf set portions = 10");
    stop = std::stop_source();
    kitchen.stop_when(stop.get_token());
    const int code = attempt % 2 == 0 ? code_of(take_alone) : code_of(take_in_transaction);
    kitchen.stop_when({});
    CAPTURE(attempt);
    CHECK(!kitchen.in_transaction());
    if (code == SQLITE_OK) {
      ++done;
      CHECK(portions(kitchen) == 9);
    } else {
      ++stopped;
      CHECK(code == SQLITE_INTERRUPT);
      CHECK(portions(kitchen) == 10);
    }
  }
  CHECK(stopped > 0);
  CHECK(done > 0);
}

TEST_CASE("a wait for a lock ends when it is stopped") {
  const KitchenFile file;
  Connection first(file.path());
  Connection second(file.path(), 24h);
  std::stop_source stop;
  first.execute("begin immediate");
  second.stop_when(stop.get_token());
  std::thread stopper([&] { stop.request_stop(); });
  CHECK(code_of([&] { second.execute("begin immediate"); }) == SQLITE_BUSY);
  stopper.join();
}

TEST_CASE("the kitchen leaves nothing in the folder for temporary files") {
  std::string path;
  {
    const KitchenFile file;
    path = file.path();
    Connection kitchen(path);
    kitchen.execute(take);
    CHECK(std::filesystem::exists(path));
  }
  CHECK(!std::filesystem::exists(std::filesystem::path(path).parent_path()));
}

TEST_SUITE_END();
