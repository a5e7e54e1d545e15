// What the programs of the databases share: databases_postgresql.cpp, databases_mariadb.cpp,
// databases_mongodb.cpp, and in part statements.cpp. PROGRAM ADDRESS makes the tables and prints
// the versions. PROGRAM ADDRESS COUNT prints for each of three works its name, the seconds it has
// taken, and the processor's seconds.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <string>

#include "../../lessons/16-cancellation/task_group.hpp"

inline constexpr int number_of_dishes = 100;
inline constexpr int number_of_tasks = 10;

// Calls work(count). A tenth of it comes first, to warm up.
template <typename Work>
asio::awaitable<void> measure(const char* name, int count, Work work) {
  co_await work(count / 10);
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t before = std::clock();
  co_await work(count);
  const double processor = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{} {:.6f} {:.6f}\n", name, took.count(), processor);
}

// Each of ten tasks does a tenth of the work.
template <typename Work>
asio::awaitable<void> by_ten_tasks(int count, Work work) {
  co_await with_task_group([&](TaskGroup& tasks) -> asio::awaitable<void> {
    for (int i = 0; i < number_of_tasks; ++i) tasks.start(work(count / number_of_tasks));
    co_return;
  });
}

// Asks `question`, a text or a prepared statement, for a dish by its number.
template <typename Connection, typename Question>
asio::awaitable<void> ask(Connection& own, const Question& question, int count) {
  for (int i = 0; i < count; ++i) {
    co_await own.template query<std::string, int>(question, i % number_of_dishes);
  }
}

// The same, each time on a connection of the pool.
template <typename Pool>
asio::awaitable<void> ask_on_any(Pool& pool, const std::string& question, int count) {
  for (int i = 0; i < count; ++i) {
    co_await pool.use([&, i](auto& own) -> asio::awaitable<void> {
      co_await own.template query<std::string, int>(question, i % number_of_dishes);
    });
  }
}

// The same without a loop: what the library and the kernel take.
template <typename Connection>
asio::awaitable<void> ask_and_block(Connection& own, const std::string& question, int count) {
  for (int i = 0; i < count; ++i) {
    own.template query<std::string, int>(question, i % number_of_dishes);
  }
  co_return;
}

template <typename MakeTables, typename Measure>
int run(int argc, char* argv[], MakeTables make_tables, Measure measure_all) {
  if (argc == 2) {
    make_tables(argv[1]);
    return 0;
  }
  if (argc != 3) return 2;
  asio::io_context loop;
  asio::co_spawn(loop, measure_all(argv[1], std::stoi(argv[2])), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
  return 0;
}
