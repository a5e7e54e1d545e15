// Four deposits are in a queue, and clerks book them. The first
// clerk is called away in the middle of deposit 2, the second
// one after booking it and before its receipt. Make sure that
// each deposit is booked, once, and gets its receipt.
// As it is, deposit 2 is lost, and the program takes 3.1s: it
// should take 5.1s.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <set>

#include "../15-timeouts/wait_for.hpp"
#include "tiny_broker.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

class Account {
 public:
  void book(const Deposit& deposit) {
    // TODO: it may have been booked already.
    balance_ += deposit.amount;
    fmt::print("Booked {}, balance {}\n", deposit.number,
               balance_);
  }

 private:
  int balance_ = 0;
  std::set<int> booked_;
};

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> work(TinyQueue& queue, Account& account) {
  Consumer consumer(queue);
  while (const auto deposit = consumer.take()) {
    // TODO: is this the right time?
    consumer.acknowledge();
    fmt::print("Take {}\n", deposit->number);
    co_await pause(600ms);
    account.book(*deposit);
    co_await pause(400ms);
    fmt::print("Receipt for {}\n", deposit->number);
  }
}

asio::awaitable<void> work_until_called(
    TinyQueue& queue, Account& account,
    std::chrono::milliseconds call) {
  try {
    co_await wait_for(work(queue, account), call);
  } catch (const TimedOut&) {
    fmt::print("Called away\n");
  }
}

asio::awaitable<void> open_bank() {
  TinyQueue queue{{1, 10}, {2, 20}, {3, 20}, {4, 50}};
  Account account;
  co_await work_until_called(queue, account, 1300ms);
  co_await work_until_called(queue, account, 800ms);
  co_await work(queue, account);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, open_bank(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
