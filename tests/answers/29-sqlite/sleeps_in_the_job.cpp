// Wrong: a job cannot await the bank, so it sleeps.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "../19-synchronisation/lock.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// The guest gets no cake.
struct NoCake : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Tables {
  int cakes = 2;
  std::vector<std::string> orders{};
  int commits = 0;
};

// What a job may do. A change outside of a transaction is its
// own transaction.
class Connection {
 public:
  void begin() {
    if (before_) {
      throw std::logic_error("cannot start a transaction within a transaction");
    }
    before_ = tables_;
  }

  void write_order(std::string_view guest) {
    tables_.orders.emplace_back(guest);
    if (!before_) ++tables_.commits;
  }

  void take_cake() {
    if (tables_.cakes == 0) throw NoCake("sold out");
    --tables_.cakes;
    if (!before_) ++tables_.commits;
  }

  void commit() {
    must_be_in_transaction();
    before_.reset();
    ++tables_.commits;
  }

  void rollback() {
    must_be_in_transaction();
    tables_ = *std::exchange(before_, std::nullopt);
  }

  const Tables& tables() const { return tables_; }

 private:
  void must_be_in_transaction() const {
    if (before_) return;
    throw std::logic_error("no transaction is active");
  }

  Tables tables_;
  std::optional<Tables> before_;
};

// A database small enough for this program. It does one job after
// another, in order of arrival; each takes 4 ms.
class Database {
 public:
  explicit Database(asio::any_io_executor executor) : turn_(executor) {}

  // Calls job(connection).
  template <typename Job>
  asio::awaitable<void> run(Job job) {
    const auto turn = co_await turn_.acquire();
    co_await pause(4ms);
    job(connection_);
  }

  // Calls begin, body and commit in one job, or rollback if the
  // body throws.
  template <typename Body>
  asio::awaitable<void> transaction(Body body) {
    const auto turn = co_await turn_.acquire();
    co_await pause(4ms);
    connection_.begin();
    try {
      body(connection_);
    } catch (...) {
      connection_.rollback();
      throw;
    }
    connection_.commit();
  }

  const Tables& tables() const { return connection_.tables(); }

 private:
  Lock turn_;
  Connection connection_;
};

struct Guest {
  std::string_view name;
  std::chrono::milliseconds comes;
  bool card_is_good = true;
};

// Asks the guest's bank.
asio::awaitable<void> check_card(Guest guest) {
  co_await pause(1000ms);
  if (!guest.card_is_good) throw NoCake("card refused");
}

asio::awaitable<void> order(Database& bakery, Guest guest) {
  co_await pause(guest.comes);
  fmt::print("{} orders\n", guest.name);
  std::string outcome = "a cake";
  try {
    co_await bakery.transaction([&](Connection& own) {
      own.write_order(guest.name);
      std::this_thread::sleep_for(1000ms);
      if (!guest.card_is_good) throw NoCake("card refused");
      own.take_cake();
    });
  } catch (const NoCake& reason) {
    outcome = reason.what();
  }
  fmt::print("{}: {}\n", guest.name, outcome);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Database bakery(loop.get_executor());
  for (const Guest guest :
       {Guest{"Ann", 0ms}, Guest{"Ben", 6ms, false}, Guest{"Cleo", 7ms}, Guest{"Dora", 9ms}}) {
    asio::co_spawn(loop, order(bakery, guest), rethrow);
  }
  loop.run();

  const Tables& tables = bakery.tables();
  fmt::print("Orders: {}, by {} commits\n", fmt::join(tables.orders, ", "), tables.commits);
  fmt::print("Cakes: {}\n", tables.cakes);
  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
