// A thousand transactions of lesson 31, while the server or the client is killed in the middle of
// them: what was acknowledged is there, nothing is half done, and what is tried again is done once.
#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "../../lessons/31-mariadb/address.hpp"
#include "../../lessons/31-mariadb/blocking.hpp"
#include "../../lessons/31-mariadb/kitchen.hpp"
#include "../../tools/servers/mariadb.hpp"
#include "repeat.hpp"
#include "server.hpp"
#include "transactions.hpp"

namespace {

constexpr int kills = 12;  // a server that leaves something behind at each has its chance

using Server = RunningEngine<servers::Mariadb>;

void look(const std::string& socket, Account& account) {
  maria::BlockingConnection kitchen(maria::parse_address(socket));
  account.compare(kitchen.query<int, int>(
      "select coalesce(number, 0), 2000 - portions from workbook.shelf left join workbook.orders "
      "on true where shelf.dish = 'bread'"));
}

bool is_complete(std::size_t processes) {
  return processes == 1;
}

}  // namespace

TEST_CASE("the server is killed, twelve times" * doctest::test_suite("server-killed")) {
  Server server;
  const std::string socket = server.engine.address();
  for (int round = 1; round <= repetitions(); ++round) {
    open_kitchen(maria::parse_address(socket));
    const auto kill = [&] {
      server.engine.process().end(SIGKILL, std::chrono::milliseconds(0));
      server.start();
    };
    kill_servers("server killed", round, kills, socket, kill,
                 [&](Account& account) { look(socket, account); });
  }
}

TEST_CASE("the client is killed, twelve times" * doctest::test_suite("client-killed")) {
  Server server;
  const std::string socket = server.engine.address();
  for (int round = 1; round <= repetitions(); ++round) {
    open_kitchen(maria::parse_address(socket));
    kill_clients(round, kills, socket, [&](Account& account) { look(socket, account); });
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

TEST_CASE("killed by SIGUSR1 it comes back" * doctest::test_suite("server")) {
  check_that_it_comes_back("servers/mariadb");
}
