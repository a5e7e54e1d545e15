// Two accounts, and two cards for each. Look at what happens
// between the check of the balance and the change to it.
#include <fmt/core.h>

#include <chrono>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Account {
  std::string_view name;
  int balance;
};

void pay(Account& account, int sum,
         std::chrono::milliseconds time) {
  fmt::print("{}: pay {}?\n", account.name, sum);
  if (account.balance < sum) {
    fmt::print("{}: {} refused\n", account.name, sum);
    return;
  }
  std::this_thread::sleep_for(time);  // the bank agrees
  account.balance -= sum;
  fmt::print("{}: {} paid, {} left\n", account.name, sum,
             account.balance);
}

int main() {
  const auto start = steady_clock::now();

  Account kitchen{"kitchen", 100};
  Account travel{"travel", 100};
  pay(kitchen, 70, 1000ms);
  pay(kitchen, 50, 1500ms);
  pay(travel, 30, 1200ms);
  pay(travel, 60, 700ms);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
