// Wrong: a lock around all that a clerk does, so there might as well be one clerk.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../17-queues/queue.hpp"
#include "../19-synchronisation/lock.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> wait(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

struct Payment {
  int number;
  std::string to;
  int euros;
};

// The bank's books, on another machine.
class Books {
 public:
  bool has(int number) const { return paid_.contains(number); }

  asio::awaitable<void> pay(Payment payment) {
    co_await wait(100ms);  // the way to the other machine
    paid_.insert(payment.number);
    fmt::print("Payment {}: {} euros to {}\n", payment.number, payment.euros, payment.to);
  }

 private:
  std::set<int> paid_;
};

// Asks the other bank, which takes a second. False if it is
// closed: Cleo's is, the first time it is asked.
asio::awaitable<bool> is_open(Payment payment, bool& asked) {
  co_await wait(1s);
  co_return payment.to != "Cleo" || std::exchange(asked, true);
}

// Clerks share the queue and the books. (`asked` is the bank's.)
asio::awaitable<void> work(Queue<Payment>& queue, Books& books, Lock& lock, bool& asked) {
  while (const auto payment = co_await queue.get()) {
    const auto guard = co_await lock.acquire();
    if (!books.has(payment->number)) {
      const bool open = co_await is_open(*payment, asked);
      if (open) {
        co_await books.pay(*payment);
      } else {
        fmt::print("{}'s bank is closed\n", payment->to);
        co_await queue.put(*payment);
      }
    }
    queue.task_done();
  }
}

asio::awaitable<void> bring(Queue<Payment>& queue) {
  const Payment first{1, "Ben", 20};
  co_await queue.put(first);
  co_await wait(50ms);
  co_await queue.put(first);  // once more
  co_await wait(1950ms);
  const std::vector<Payment> others{{2, "Ada", 30}, {3, "Cleo", 50}, {4, "Ben", 20}};
  for (const Payment& payment : others) {
    co_await queue.put(payment);
  }
  co_await queue.join();
  queue.close();
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Queue<Payment> queue(loop.get_executor(), 10);
  Books books;
  Lock lock(loop.get_executor());
  bool asked = false;
  asio::co_spawn(loop, work(queue, books, lock, asked), rethrow);
  asio::co_spawn(loop, work(queue, books, lock, asked), rethrow);
  asio::co_spawn(loop, bring(queue), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
