// The shelf of lesson 28 in SQLite's file. (PostgreSQL's: tests/brokers/pipeline_test.py.)
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asio.hpp>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../../lessons/28-order-pipeline/shelf_file.hpp"
#include "../../../lessons/28-order-pipeline/table_shelf.hpp"
#include "../tasks.hpp"

namespace fs = std::filesystem;

TEST_CASE("a shelf without a path makes a file, which goes away with it") {
  fs::path path;
  {
    const ShelfFile file;
    path = file.path();
    sqlite::Connection shelf(path);
    CHECK_FALSE(has(shelf, 1));
    CHECK(put(shelf, 1));
    CHECK(has(shelf, 1));
    CHECK_FALSE(put(shelf, 1));
    CHECK(put(shelf, 2));
    CHECK(fs::exists(path));
  }
  CHECK_FALSE(fs::exists(path.parent_path()));
}

TEST_CASE("a shelf in a file stays, and others find what is in it") {
  const ShelfFile place;
  const fs::path path = place.path().parent_path() / "another.db";
  const auto put_one = [&] {
    const ShelfFile file(path);
    sqlite::Connection shelf(file.path());
    return put(shelf, 1);
  };
  CHECK(put_one());
  CHECK_FALSE(put_one());
  CHECK(fs::exists(path));
}

TEST_CASE("of eight processes that put the same order on the shelf one is the first") {
  const ShelfFile file;
  const fs::path folder = file.path().parent_path();
  constexpr int orders = 100;
  std::vector<pid_t> processes;
  for (int process = 0; process < 8; ++process) {
    processes.push_back(fork());
    REQUIRE(processes.back() >= 0);
    if (processes.back() == 0) {
      // (A connection must not be taken along by a child.)
      sqlite::Connection shelf(file.path());
      const fs::path mine = folder / std::to_string(process);
      fs::create_directory(mine);
      for (int number = 1; number <= orders; ++number) {
        if (put(shelf, number)) fs::create_directory(mine / std::to_string(number));
      }
      _exit(0);
    }
  }
  for (const pid_t process : processes) {
    int how = -1;
    waitpid(process, &how, 0);
    CHECK(how == 0);
  }
  for (int number = 1; number <= orders; ++number) {
    int firsts = 0;
    for (int process = 0; process < 8; ++process) {
      firsts += fs::exists(folder / std::to_string(process) / std::to_string(number));
    }
    CHECK(firsts == 1);
  }
}

TEST_CASE("a shelf that is awaited puts an order there once, and another shelf sees it") {
  asio::io_context loop;
  const ShelfFile file;
  const auto first = make_shelf(loop.get_executor(), file.path());
  const auto second = make_shelf(loop.get_executor(), file.path());
  const auto test = [&]() -> asio::awaitable<void> {
    bool known = co_await first->has(7);
    CHECK_FALSE(known);
    bool is_first = co_await first->put(7);
    CHECK(is_first);
    known = co_await second->has(7);
    CHECK(known);
    is_first = co_await second->put(7);
    CHECK_FALSE(is_first);
  };
  bool ended = false;
  asio::co_spawn(loop, test(), [&](std::exception_ptr error) {
    rethrow(error);
    ended = true;
  });
  loop.run();
  CHECK(ended);
}

TEST_CASE("a file that cannot be opened is named") {
  CHECK_THROWS_WITH_AS(ShelfFile("/nowhere/shelf.db"),
                       "/nowhere/shelf.db: unable to open database file", sqlite::Error);
}

TEST_CASE("an address is told from a path") {
  CHECK(is_postgresql("postgresql://workbook@127.0.0.1:5432"));
  CHECK_FALSE(is_postgresql("postgresql.db"));
  CHECK_FALSE(is_postgresql(""));
}
