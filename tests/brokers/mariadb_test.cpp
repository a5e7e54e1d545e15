// A thousand transactions of lesson 31, while the server or the client is killed in the middle of
// them: what was acknowledged is there, nothing is half done, and what is tried again is done once.
#include <doctest/doctest.h>
#include <signal.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <tuple>

#include "../../lessons/31-mariadb/address.hpp"
#include "../../lessons/31-mariadb/blocking.hpp"
#include "../../lessons/31-mariadb/kitchen.hpp"
#include "../../tools/servers/mariadb.hpp"
#include "caught.hpp"
#include "repeat.hpp"
#include "server.hpp"
#include "transactions.hpp"

namespace {

constexpr int kills = 12;  // a server that leaves something behind at each has its chance

struct Server {
  asio::io_context loop;
  servers::Mariadb mariadb{loop.get_executor()};

  Server() { start(); }

  std::string socket() const { return mariadb.address(); }
  maria::Address address() const { return maria::parse_address(socket()); }

  void start() {
    asio::co_spawn(loop, mariadb.start(), workbook::rethrow);
    loop.restart();
    loop.run();
  }
};

void look(const maria::Address& to, Account& account) {
  maria::BlockingConnection kitchen(to);
  const auto taken =
      kitchen.query<int>("select 2000 - portions from workbook.shelf where dish = 'bread'");
  account.compare(kitchen.query<int>("select number from workbook.orders"),
                  std::get<0>(taken.front()));
}

bool is_complete(std::size_t processes) {
  return processes == 1;
}

}  // namespace

// The client goes on, and tries again what has no answer.
TEST_CASE("the server is killed, twelve times" * doctest::test_suite("server-killed")) {
  Server server;
  for (int round = 1; round <= repetitions(); ++round) {
    open_kitchen(server.address());
    Account account;
    std::minstd_rand random(static_cast<unsigned>(round));
    const auto begin = std::chrono::steady_clock::now();
    std::size_t next_kill = 40 + random() % 30;
    int killed = 0;
    work(server.socket(), account, [&](SpawnedProgram&) {
      if (killed == kills || account.acknowledged.size() < next_kill) return;
      next_kill += 40 + random() % 30;
      server.mariadb.process().end(SIGKILL, std::chrono::milliseconds(0));
      server.start();
      ++killed;
    });
    CHECK(killed == kills);
    CHECK(account.unanswered > 0);
    look(server.address(), account);
    account.check("server killed", round, begin);
  }
}

TEST_CASE("the client is killed, twelve times" * doctest::test_suite("client-killed")) {
  Server server;
  for (int round = 1; round <= repetitions(); ++round) {
    open_kitchen(server.address());
    kill_clients(round, kills, server.socket(),
                 [&](Account& account) { look(server.address(), account); });
  }
}

TEST_CASE("told to end the server leaves nothing" * doctest::test_suite("server")) {
  SUBCASE("by SIGTERM") {
    check_that_nothing_is_left("servers/mariadb", is_complete, SIGTERM);
  }
  SUBCASE("by Ctrl-C") {
    check_that_nothing_is_left("servers/mariadb", is_complete, SIGINT);
  }
}

TEST_CASE("killed, it takes MariaDB along" * doctest::test_suite("server")) {
  check_that_all_ends("servers/mariadb", is_complete);
}

TEST_CASE("when its parent is killed nothing is left" * doctest::test_suite("server")) {
  check_that_it_ends_with_its_parent("servers/mariadb", is_complete);
}
