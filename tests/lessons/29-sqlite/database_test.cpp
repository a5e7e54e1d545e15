// A connection with its own thread, against the sentences of its page. Nothing here depends on how
// fast a thread is: a job signals that it has begun, and waits until it may go on.
#include "../../../lessons/29-sqlite/database.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "../../../lessons/15-timeouts/wait_for.hpp"
#include "../../../lessons/29-sqlite/kitchen.hpp"
#include "lessons/tasks.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using sqlite::Connection, sqlite::Database, sqlite::Error;

namespace {

constexpr const char* endless =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
constexpr const char* take = "update shelf set portions = portions - 1 where dish = 'soup'";

// A transaction that writes what follows from what it has read.
void read_and_take(Connection& own) {
  const auto rows = own.query<int>("select portions from shelf where dish = 'bread'");
  own.execute("update shelf set portions = ? where dish = 'bread'", std::get<0>(rows.front()) - 1);
}

asio::awaitable<int> portions(Database& kitchen) {
  const auto rows =
      co_await kitchen.query<int>("select portions from shelf where dish = ?", "soup");
  co_return std::get<0>(rows.front());
}

asio::awaitable<int> orders_of(Database& kitchen, std::string guest) {
  const auto rows =
      co_await kitchen.query<int>("select count(*) from orders where guest = ?", guest);
  co_return std::get<0>(rows.front());
}

// The code with which the work fails; 0 if it succeeds.
asio::awaitable<int> code_of(asio::awaitable<void> work) {
  try {
    co_await std::move(work);
  } catch (const Error& error) {
    co_return error.code;
  }
  co_return SQLITE_OK;
}

// A file, a loop, a database, and the order in which they end.
struct Kitchen {
  KitchenFile file;
  asio::io_context loop;
  Database database{loop.get_executor(), file.path(), 1h};

  void run(asio::awaitable<void> work) {
    bool ended = false;
    asio::co_spawn(loop, std::move(work), [&](std::exception_ptr error) {
      rethrow(error);
      ended = true;
    });
    loop.restart();
    loop.run();
    REQUIRE(ended);
  }
};

// A job that holds the thread until it may go on.
class Gate {
 public:
  void pass() {
    begun_.set_value();
    open_.get_future().wait();
  }
  void wait_until_begun() { begun_.get_future().wait(); }
  void open() { open_.set_value(); }

 private:
  std::promise<void> begun_;
  std::promise<void> open_;
};

}  // namespace

TEST_SUITE_BEGIN("29-sqlite");

TEST_CASE("jobs are called on one thread, which is not the loop's, and results arrive there") {
  Kitchen kitchen;
  const auto mine = std::this_thread::get_id();
  auto all = [&]() -> asio::awaitable<void> {
    std::set<std::thread::id> threads;
    auto here = [](Connection&) { return std::this_thread::get_id(); };
    for (int i = 0; i < 10; ++i) {
      threads.insert(co_await kitchen.database.run(here));
      CHECK(std::this_thread::get_id() == mine);
    }
    CHECK(threads.size() == 1);
    CHECK(!threads.contains(mine));
  };
  kitchen.run(all());
}

TEST_CASE("statements, queries and transactions do what they do on a connection") {
  Kitchen kitchen;
  auto all = [&]() -> asio::awaitable<void> {
    Database& database = kitchen.database;
    const std::string guest = "Ann";
    co_await database.execute("insert into orders values (null, ?, ?)", guest, "soup");
    CHECK(co_await orders_of(database, "Ann") == 1);
    const Booking order{"Ben", "soup"};
    co_await database.transaction(order);
    CHECK(co_await portions(database) == 9);
    auto take_one = [](Connection& own) {
      own.execute(take);
      return std::make_unique<int>(5);
    };
    const auto box = co_await database.transaction(take_one);
    CHECK(*box == 5);
    CHECK(co_await portions(database) == 8);
  };
  kitchen.run(all());
}

TEST_CASE("text is kept until the job is called") {
  Kitchen kitchen;
  auto all = [&]() -> asio::awaitable<void> {
    auto text = std::make_unique<std::string>("a guest with a name that needs memory");
    auto booking = kitchen.database.execute("insert into orders values (null, ?, 'soup')",
                                            std::string_view(*text));
    const std::string name = *text;
    text.reset();
    co_await std::move(booking);
    CHECK(co_await orders_of(kitchen.database, name) == 1);
  };
  kitchen.run(all());
}

TEST_CASE("what a job throws is caught by its task, and the next job is not concerned") {
  Kitchen kitchen;
  auto all = [&]() -> asio::awaitable<void> {
    CHECK(co_await code_of(kitchen.database.execute("insert into shelf values ('soup', 1)")) ==
          SQLITE_CONSTRAINT_PRIMARYKEY);
    std::string reason;
    auto fall = [](Connection& own) {
      own.execute(take);
      throw std::runtime_error("the pot fell");
    };
    try {
      co_await kitchen.database.transaction(fall);
    } catch (const std::runtime_error& error) {
      reason = error.what();
    }
    CHECK(reason == "the pot fell");
    CHECK(co_await portions(kitchen.database) == 10);
  };
  kitchen.run(all());
}

TEST_CASE("jobs are called in the order of asking, one at a time") {
  Kitchen kitchen;
  std::vector<int> order;  // the thread's, until the loop has ended
  std::atomic<int> inside = 0;
  for (int number = 0; number < 100; ++number) {
    auto job = [&, number](Connection&) {
      CHECK(++inside == 1);
      order.push_back(number);
      --inside;
    };
    asio::co_spawn(kitchen.loop, kitchen.database.run(job), rethrow);
  }
  kitchen.loop.run();
  REQUIRE(order.size() == 100);
  for (int number = 0; number < 100; ++number) CHECK(order[number] == number);
}

TEST_CASE("the loop goes on while a job runs") {
  Kitchen kitchen;
  std::promise<void> ticked;
  auto wait_for_tick = [&](Connection&) {
    return ticked.get_future().wait_for(60s) == std::future_status::ready;
  };
  auto tick = [&]() -> asio::awaitable<void> {
    co_await wait(1ms);
    ticked.set_value();
  };
  auto all = [&]() -> asio::awaitable<void> {
    const bool seen = co_await (kitchen.database.run(wait_for_tick) && tick());
    CHECK(seen);
  };
  kitchen.run(all());
}

TEST_CASE("no job gets in between the statements of a transaction") {
  Kitchen kitchen;
  int refused = 0;
  auto guest = [&]() -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) {
      try {
        co_await kitchen.database.transaction(read_and_take);
      } catch (const Error&) {
        ++refused;
      }
    }
  };
  for (int i = 0; i < 10; ++i) asio::co_spawn(kitchen.loop, guest(), rethrow);
  kitchen.loop.run();
  CHECK(refused == 0);
  Connection afterwards(kitchen.file.path());
  const auto rows = afterwards.query<int>("select portions from shelf where dish = 'bread'");
  CHECK(std::get<0>(rows.front()) == 800);
}

TEST_CASE("a task that is cancelled already begins nothing") {
  Kitchen kitchen;
  bool called = false;
  auto job = [&](Connection&) { called = true; };
  std::optional<WatchedTask> task;
  auto work = [&]() -> asio::awaitable<void> {
    task->cancel();
    co_await kitchen.database.run(job);
  };
  task.emplace(kitchen.loop, work());
  kitchen.loop.run();
  CHECK(task->failed_with(asio::error::operation_aborted));
  CHECK(!called);
}

TEST_CASE("cancelled while its job waits, a task leaves at once, and the others keep their turns") {
  Kitchen kitchen;
  Gate gate;
  bool called = false;
  bool last_called = false;
  auto busy = [&](Connection&) { gate.pass(); };
  auto waiting = [&](Connection&) { called = true; };
  auto last = [&](Connection&) { last_called = true; };
  WatchedTask first(kitchen.loop, kitchen.database.run(busy));
  WatchedTask second(kitchen.loop, kitchen.database.run(waiting));
  WatchedTask third(kitchen.loop, kitchen.database.run(last));
  kitchen.loop.poll();
  gate.wait_until_begun();
  second.cancel();
  while (second.waits()) kitchen.loop.run_one();
  CHECK(is_cancellation(second.error()));
  CHECK(first.waits());
  gate.open();
  kitchen.loop.run();
  CHECK(first.succeeded());
  CHECK(third.succeeded());
  CHECK(last_called);
  CHECK(!called);
}

TEST_CASE("cancelled while its job runs, a task ends with its statement, and nothing is done") {
  Kitchen kitchen;
  std::optional<WatchedTask> task;
  auto book = [&](Connection& own) {
    own.execute(take);
    asio::post(kitchen.loop, [&] { task->cancel(); });
    own.execute(endless);
  };
  task.emplace(kitchen.loop, kitchen.database.transaction(book));
  kitchen.loop.run();
  CHECK(task->failed_with(asio::error::operation_aborted));
  auto afterwards = [&]() -> asio::awaitable<void> {
    CHECK(co_await portions(kitchen.database) == 10);
    co_await kitchen.database.execute(take);
    CHECK(co_await portions(kitchen.database) == 9);
  };
  kitchen.run(afterwards());
}

TEST_CASE("a time limit is a TimedOut, for a job that runs and for one that waits") {
  Kitchen kitchen;
  Gate gate;
  auto timed_out = [](asio::awaitable<void> work) -> asio::awaitable<bool> {
    try {
      co_await wait_for(std::move(work), 1ms);
    } catch (const TimedOut&) {
      co_return true;
    }
    co_return false;
  };
  auto running = [&]() -> asio::awaitable<void> {
    CHECK(co_await timed_out(kitchen.database.execute(endless)));
  };
  auto waiting = [&]() -> asio::awaitable<void> {
    CHECK(co_await timed_out(kitchen.database.execute(take)));
    gate.open();
  };
  auto all = [&]() -> asio::awaitable<void> {
    co_await running();
    auto busy = [&](Connection&) { gate.pass(); };
    co_await (kitchen.database.run(busy) && waiting());
    CHECK(co_await portions(kitchen.database) == 10);
  };
  kitchen.run(all());
}

TEST_CASE("cancelled when it is too late, a job's result is passed on, and what it did is done") {
  Kitchen kitchen;
  std::optional<WatchedTask> task;
  std::promise<void> cancelled;
  int result = 0;
  auto book = [&](Connection& own) {
    own.transaction([](Connection& same) { same.execute(take); });
    asio::post(kitchen.loop, [&] {
      task->cancel();
      cancelled.set_value();
    });
    cancelled.get_future().wait();
    return 7;
  };
  auto work = [&]() -> asio::awaitable<void> { result = co_await kitchen.database.run(book); };
  task.emplace(kitchen.loop, work());
  kitchen.loop.run();
  CHECK(task->succeeded());
  CHECK(result == 7);
  auto afterwards = [&]() -> asio::awaitable<void> {
    CHECK(co_await portions(kitchen.database) == 9);
  };
  kitchen.run(afterwards());
}

TEST_CASE("a failure that is no consequence of the cancellation is passed on") {
  Kitchen kitchen;
  std::optional<WatchedTask> task;
  std::promise<void> cancelled;
  auto fail = [&](Connection& own) {
    asio::post(kitchen.loop, [&] {
      task->cancel();
      cancelled.set_value();
    });
    cancelled.get_future().wait();
    own.execute("no SQL");
  };
  task.emplace(kitchen.loop, kitchen.database.run(fail));
  kitchen.loop.run();
  CHECK(task->threw<Error>());
}

TEST_CASE("a wait for another connection's lock holds up neither the loop nor a cancellation") {
  Kitchen kitchen;
  Connection other(kitchen.file.path());
  other.execute("begin immediate");
  auto all = [&]() -> asio::awaitable<void> {
    bool timed_out = false;
    try {
      co_await wait_for(kitchen.database.execute(take), 1ms);
    } catch (const TimedOut&) {
      timed_out = true;
    }
    CHECK(timed_out);
    auto release = [&]() -> asio::awaitable<void> {
      co_await wait(1ms);
      other.execute("commit");
    };
    co_await (kitchen.database.execute(take) && release());
    CHECK(co_await portions(kitchen.database) == 9);
  };
  kitchen.run(all());
}

TEST_CASE("closed while jobs wait: those before are done, those after are refused") {
  Kitchen kitchen;
  auto all = [&]() -> asio::awaitable<void> {
    Database& database = kitchen.database;
    auto before = code_of(database.execute(take));
    auto after = code_of(database.execute(take));
    const auto [first, second] =
        co_await (std::move(before) && database.close() && std::move(after));
    CHECK(first == SQLITE_OK);
    CHECK(second == SQLITE_MISUSE);
    co_await database.close();
    CHECK(co_await code_of(database.execute(take)) == SQLITE_MISUSE);
    // SQLite itself has closed the file: its log has been taken in.
    CHECK(!std::filesystem::exists(kitchen.file.path() + "-wal"));
  };
  kitchen.run(all());
  Connection afterwards(kitchen.file.path());
  const auto rows = afterwards.query<int>("select portions from shelf where dish = 'soup'");
  CHECK(std::get<0>(rows.front()) == 9);
}

TEST_CASE("a file that cannot be opened fails each job, until it can") {
  const KitchenFile file;
  const std::filesystem::path folder = std::filesystem::path(file.path()).parent_path() / "cellar";
  asio::io_context loop;
  Database cellar(loop.get_executor(), folder / "cellar.db");
  auto all = [&]() -> asio::awaitable<void> {
    CHECK(co_await code_of(cellar.execute("select 1")) == SQLITE_CANTOPEN);
    CHECK(co_await code_of(cellar.execute("select 1")) == SQLITE_CANTOPEN);
    std::filesystem::create_directory(folder);
    CHECK(co_await code_of(cellar.execute("select 1")) == SQLITE_OK);
  };
  asio::co_spawn(loop, all(), rethrow);
  loop.run();
}

TEST_CASE("when an exception ends the loop, the job that runs is finished, and others not begun") {
  const KitchenFile file;
  Gate gate;
  std::thread opener;
  bool begun = false;
  auto alive = std::make_shared<int>(0);
  const std::weak_ptr<int> frames = alive;
  bool failed = false;
  try {
    asio::io_context loop;
    Database kitchen(loop.get_executor(), file.path());
    auto task = [&](bool first, std::shared_ptr<int>) -> asio::awaitable<void> {
      auto busy = [&](Connection& own) {
        gate.pass();
        own.execute(take);
      };
      auto waiting = [&](Connection&) { begun = true; };
      if (first) {
        co_await kitchen.transaction(busy);
      } else {
        co_await kitchen.run(waiting);
      }
    };
    auto fail = [&]() -> asio::awaitable<void> {
      gate.wait_until_begun();
      opener = std::thread([&] { gate.open(); });
      throw std::runtime_error("the pot fell");
      co_return;
    };
    asio::co_spawn(loop, task(true, alive), rethrow);
    asio::co_spawn(loop, task(false, alive), rethrow);
    asio::co_spawn(loop, fail(), rethrow);
    loop.run();
  } catch (const std::runtime_error&) {
    failed = true;
  }
  opener.join();
  CHECK(failed);
  CHECK(!begun);
  alive.reset();
  CHECK(frames.expired());
  Connection afterwards(file.path());
  const auto rows = afterwards.query<int>("select portions from shelf where dish = 'soup'");
  CHECK(std::get<0>(rows.front()) == 9);
}

TEST_CASE("two databases on one file read and write in turn, and lose nothing") {
  Kitchen kitchen;
  Database second(kitchen.loop.get_executor(), kitchen.file.path(), 1h);
  auto guest = [&](Database& database) -> asio::awaitable<void> {
    for (int i = 0; i < 50; ++i) co_await database.transaction(read_and_take);
  };
  auto all = [&]() -> asio::awaitable<void> {
    co_await (guest(kitchen.database) && guest(second));
    const auto rows =
        co_await kitchen.database.query<int>("select portions from shelf where dish = 'bread'");
    CHECK(std::get<0>(rows.front()) == 900);
  };
  kitchen.run(all());
}

TEST_CASE("five thousand jobs of fifty tasks") {
  Kitchen kitchen;
  long sum = 0;
  auto guest = [&]() -> asio::awaitable<void> {
    for (int i = 0; i < 100; ++i) {
      const auto rows = co_await kitchen.database.query<int>("select ?", i);
      sum += std::get<0>(rows.front());
    }
  };
  for (int i = 0; i < 50; ++i) asio::co_spawn(kitchen.loop, guest(), rethrow);
  kitchen.loop.run();
  CHECK(sum == 50 * 4950);
}

TEST_SUITE_END();
