// What the fault tests of the databases share: a thousand orders, each a transaction with a number
// of its own, and the account of what was acknowledged and of what is there. The client is
// *_worker.cpp, a process, which can be killed.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "spawned_program.hpp"

// Their numbers are 1001 to 2000.
inline constexpr int transactions = 1000;

struct Account {
  std::set<int> acknowledged = {};
  int booked = 0;
  int again = 0;
  int unanswered = 0;
  int lost = 0;
  int half_done = 0;

  // A row for each order that is there: its number (0 in the only row, if there is no order), and
  // how many portions are missing from the shelf. They must be of one query, which sees one state:
  // the server may commit what a killed client has begun some time later, between two queries.
  void compare(const std::vector<std::tuple<int, int>>& rows) {
    std::set<int> there;
    for (const auto& [number, taken] : rows) {
      if (number != 0) there.insert(number);
    }
    for (const int number : acknowledged) lost += there.contains(number) ? 0 : 1;
    if (std::get<1>(rows.front()) != static_cast<int>(there.size())) ++half_done;
  }

  void check(const std::string& fault, int round,
             std::chrono::steady_clock::time_point begin) const {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    fmt::print(
        "{} {}: {} acknowledged, {} tries without an answer, {} of them had been done, {} lost, {} "
        "times half done, in {:.1f} s\n",
        fault, round, acknowledged.size(), unanswered, again, lost, half_done, took.count());
    std::fflush(stdout);
    CHECK(acknowledged.size() == transactions);
    CHECK(booked + again == transactions);
    CHECK(lost == 0);
    CHECK(half_done == 0);
  }
};

// What happens at an acknowledgement; the client runs on, unless it is killed.
using AtOne = std::function<void(SpawnedProgram& client)>;

// One client of the database at `address`, to its end. Acknowledgements that it wrote before that
// count, too.
inline void work(const std::string& address, Account& account, const AtOne& at_one) {
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::vector<std::string> command{WORKER, address};
  for (int number = 1001; number <= 1000 + transactions; ++number) {
    if (!account.acknowledged.contains(number)) command.push_back(std::to_string(number));
  }
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  const std::unique_ptr<std::FILE, CloseFile> output(fdopen(ends[0], "r"));
  SpawnedProgram client(command, ends[1]);
  close(ends[1]);
  std::array<char, 64> line{};
  while (std::fgets(line.data(), line.size(), output.get())) {
    const std::string text = line.data();
    if (text.back() != '\n') break;  // half a line is not an acknowledgement
    if (text.starts_with("unanswered")) {
      ++account.unanswered;
      continue;
    }
    account.acknowledged.insert(std::stoi(text.substr(text.find(' '))));
    ++(text.starts_with("again") ? account.again : account.booked);
    at_one(client);
  }
}

// One round, in which something of the server is killed so many times, by `kill`. The client goes
// on, and tries again what has no answer. `look` compares the account with what is in the database.
inline void kill_servers(const std::string& fault, int round, int kills, const std::string& address,
                         const std::function<void()>& kill,
                         const std::function<void(Account&)>& look) {
  Account account;
  std::minstd_rand random(static_cast<unsigned>(round));
  const auto begin = std::chrono::steady_clock::now();
  std::size_t next_kill = 40 + random() % 30;
  int killed = 0;
  work(address, account, [&](SpawnedProgram&) {
    if (killed == kills || account.acknowledged.size() < next_kill) return;
    next_kill += 40 + random() % 30;
    kill();
    ++killed;
  });
  CHECK(killed == kills);
  CHECK(account.unanswered > 0);
  look(account);
  account.check(fault, round, begin);
}

// One round, in which so many clients are killed, and the last one ends. `look` compares the
// account with what is in the database.
inline void kill_clients(int round, int kills, const std::string& address,
                         const std::function<void(Account&)>& look) {
  Account account;
  std::minstd_rand random(static_cast<unsigned>(round));
  const auto begin = std::chrono::steady_clock::now();
  for (int number = 0; number < kills; ++number) {
    const std::size_t limit =
        account.acknowledged.size() + 1 + random() % static_cast<unsigned>(transactions / kills);
    work(address, account, [&](SpawnedProgram& client) {
      if (account.acknowledged.size() == limit) client.send(SIGKILL);
    });
    look(account);
  }
  work(address, account, [](SpawnedProgram&) {});
  look(account);
  account.check("client killed", round, begin);
}
