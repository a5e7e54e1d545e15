// Four people have an account each, with a strand, and a transfer
// is a task on the payer's strand. It checks the balance, asks
// the bank, and pays. Make sure that no money is spent twice, and
// that each account is used only on its own strand. At present,
// Ann's account is used on Cleo's strand, which ends the program.
// Once that is fixed, Ann's account is overdrawn.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../20-cpu-bound/run_on.hpp"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Strand = asio::strand<asio::io_context::executor_type>;

class Account {
 public:
  Account(std::string name, Strand strand)
      : name_(std::move(name)), strand_(std::move(strand)) {}

  const std::string& name() const { return name_; }
  const Strand& strand() const { return strand_; }

  int balance() const {
    must_be_on_strand();
    return balance_;
  }

  // The sleep stands for work: the thread is busy.
  void enter(int change) {
    must_be_on_strand();
    fmt::print("Start entry {} {:+}\n", name_, change);
    std::this_thread::sleep_for(300ms);
    balance_ += change;
    if (balance_ < 0) fail(" is overdrawn");
    fmt::print("End entry {} {:+}: {} left\n", name_, change,
               balance_);
  }

 private:
  void must_be_on_strand() const {
    if (strand_.running_in_this_thread()) return;
    fail(" is used off its strand");
  }

  void fail(const std::string& what) const {
    throw std::logic_error(name_ + "'s account" + what);
  }

  std::string name_;
  Strand strand_;
  int balance_ = 100;
};

struct Bank {
  milliseconds time;
  bool agrees;
};

asio::awaitable<bool> ask(Bank bank, std::string transfer) {
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           bank.time);
  co_await timer.async_wait(asio::use_awaitable);
  if (!bank.agrees) {
    fmt::print("The bank says no: {}\n", transfer);
  }
  co_return bank.agrees;
}

asio::awaitable<void> transfer(milliseconds start, Account& from,
                               Account& to, int sum, Bank bank) {
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           start);
  co_await timer.async_wait(asio::use_awaitable);
  const auto what =
      fmt::format("{} to {} {}", from.name(), to.name(), sum);
  if (from.balance() < sum) {
    fmt::print("Not enough: {}\n", what);
    co_return;
  }
  // TODO: take the sum before the bank is asked, while the check
  // still holds. If the bank says no, put it back.
  if (!co_await ask(bank, what)) co_return;
  from.enter(-sum);
  // TODO: enter this on the strand of `to`.
  to.enter(sum);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto begin = steady_clock::now();

  asio::io_context loop;
  Account ann("Ann", asio::make_strand(loop));
  Account ben("Ben", asio::make_strand(loop));
  Account cleo("Cleo", asio::make_strand(loop));
  Account dan("Dan", asio::make_strand(loop));
  const auto spawn = [](milliseconds start, Account& from,
                        Account& to, int sum, Bank bank) {
    asio::co_spawn(from.strand(),
                   transfer(start, from, to, sum, bank), rethrow);
  };
  spawn(100ms, ann, ben, 60, {700ms, true});
  spawn(200ms, cleo, ann, 30, {500ms, true});
  spawn(300ms, ben, cleo, 80, {450ms, false});
  spawn(350ms, dan, ann, 20, {500ms, true});
  spawn(1200ms, ann, cleo, 60, {500ms, true});
  spawn(1250ms, ann, ben, 60, {400ms, true});
  spawn(2800ms, dan, cleo, 10, {300ms, true});

  std::vector<std::thread> threads;
  for (int number = 1; number <= 4; ++number) {
    threads.emplace_back([&] { loop.run(); });
  }
  for (std::thread& thread : threads) thread.join();

  const Seconds elapsed = steady_clock::now() - begin;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
