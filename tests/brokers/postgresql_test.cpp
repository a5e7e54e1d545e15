// A thousand transactions of lesson 30, while a process of the server, the server, or the client is
// killed in the middle of them: what was acknowledged is there, nothing is half done, and what is
// tried again is done once.
#include <doctest/doctest.h>
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <tuple>

#include "../../lessons/30-postgresql/blocking.hpp"
#include "../../lessons/30-postgresql/kitchen.hpp"
#include "../../tools/servers/postgresql.hpp"
#include "repeat.hpp"
#include "server.hpp"
#include "transactions.hpp"

namespace {

constexpr int kills = 12;  // a server that leaves something behind at each has its chance

using Server = RunningEngine<servers::Postgresql>;

void look(const std::string& url, Account& account) {
  pg::BlockingConnection kitchen(url);
  account.compare(kitchen.query<int, int>(
      "select coalesce(number, 0), 2000 - portions from workbook.shelf left join workbook.orders "
      "on true where shelf.dish = 'bread'"));
}

// Of a process that works for a client; 0 if there is none.
int any_backend(const std::string& url) {
  pg::BlockingConnection kitchen(url);
  const auto rows = kitchen.query<int>(
      "select pid from pg_stat_activity where usename = 'workbook' and pid <> pg_backend_pid()");
  return rows.empty() ? 0 : std::get<0>(rows.front());
}

void play_with_kills(const char* fault, const std::function<void(Server&)>& kill) {
  Server server;
  for (int round = 1; round <= repetitions(); ++round) {
    const std::string url = server.engine.url();
    open_kitchen(url);
    kill_servers(
        fault, round, kills, url, [&] { kill(server); },
        [&](Account& account) { look(url, account); });
  }
}

bool is_complete(std::size_t processes) {
  return processes >= 5;  // the first one, and those that write
}

}  // namespace

TEST_CASE("a process of the server is killed, twelve times" *
          doctest::test_suite("backend-killed")) {
  play_with_kills("backend killed", [](Server& server) {
    // (After the last kill the server ends all such processes. One that was just named may be
    // gone.)
    for (bool is_killed = false; !is_killed;) {
      try {
        const int process = any_backend(server.engine.url());
        is_killed = process != 0 && kill(process, SIGKILL) == 0;
        if (process != 0 && !is_killed) REQUIRE(errno == ESRCH);
      } catch (const pg::Lost&) {  // it is still starting again
      }
    }
  });
}

TEST_CASE("the server is killed, twelve times" * doctest::test_suite("server-killed")) {
  play_with_kills("server killed", [](Server& server) {
    server.engine.process().end(SIGKILL, std::chrono::milliseconds(0));
    server.start();
  });
}

TEST_CASE("the client is killed, twelve times" * doctest::test_suite("client-killed")) {
  Server server;
  const std::string url = server.engine.url();
  for (int round = 1; round <= repetitions(); ++round) {
    open_kitchen(url);
    kill_clients(round, kills, url, [&](Account& account) { look(url, account); });
  }
}

TEST_CASE("told to end the server leaves nothing" * doctest::test_suite("server")) {
  SUBCASE("by SIGTERM") {
    check_that_nothing_is_left("servers/postgresql", is_complete, SIGTERM);
  }
  SUBCASE("by Ctrl-C") {
    check_that_nothing_is_left("servers/postgresql", is_complete, SIGINT);
  }
}

TEST_CASE("killed, it takes PostgreSQL along" * doctest::test_suite("server")) {
  check_that_all_ends("servers/postgresql", is_complete);
}

TEST_CASE("when its parent is killed nothing is left" * doctest::test_suite("server")) {
  check_that_it_ends_with_its_parent("servers/postgresql", is_complete);
}

TEST_CASE("killed by SIGUSR1 it comes back" * doctest::test_suite("server")) {
  check_that_it_comes_back("servers/postgresql");
}
