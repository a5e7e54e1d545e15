// A thousand transactions of lesson 29, and their client, which is killed in the middle of them:
// what was acknowledged is there, nothing is half done, and what is tried again is done once.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include "../../lessons/29-sqlite/connection.hpp"
#include "../../lessons/29-sqlite/kitchen.hpp"
#include "repeat.hpp"
#include "transactions.hpp"

namespace {

constexpr int kills = 5;

void look(const KitchenFile& file, Account& account) {
  sqlite::Connection kitchen(file.path());
  account.compare(kitchen.query<int, int>(
      "select coalesce(number, 0), 1000 - portions from shelf left join orders on number > 1000 "
      "where shelf.dish = 'bread'"));
}

}  // namespace

TEST_CASE("the client is killed, five times" * doctest::test_suite("client-killed")) {
  for (int round = 1; round <= repetitions(); ++round) {
    const KitchenFile file;
    kill_clients(round, kills, file.path(), [&](Account& account) { look(file, account); });
  }
}
