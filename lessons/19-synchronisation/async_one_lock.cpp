// A trap: one lock for the whole bank. Look at the payments from
// travel, which wait for those from kitchen for no good reason.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>

#include "lock.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Account {
  std::string_view name;
  int balance;
};

asio::awaitable<void> pay(Lock bank, Account& account, int sum,
                          std::chrono::milliseconds time) {
  const auto guard = co_await bank.acquire();
  fmt::print("{}: pay {}?\n", account.name, sum);
  if (account.balance < sum) {
    fmt::print("{}: {} refused\n", account.name, sum);
    co_return;
  }
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
  account.balance -= sum;
  fmt::print("{}: {} paid, {} left\n", account.name, sum,
             account.balance);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Lock bank(loop.get_executor());
  Account kitchen{"kitchen", 100};
  Account travel{"travel", 100};
  asio::co_spawn(loop, pay(bank, kitchen, 70, 1000ms), rethrow);
  asio::co_spawn(loop, pay(bank, kitchen, 50, 1500ms), rethrow);
  asio::co_spawn(loop, pay(bank, travel, 30, 1200ms), rethrow);
  asio::co_spawn(loop, pay(bank, travel, 60, 700ms), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
