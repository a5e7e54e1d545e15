// A bank pays what its queue delivers. The queue delivers a
// payment again and again until it is acknowledged, and two
// things go wrong here: an acknowledgement gets lost, and a
// payment fails at the first try. Pay each once, and lose none.
// As it is, Ben is paid twice for payment 2: it takes 6.6s and
// should take 5.6s.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

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

// A tiny broker: a payment that was received is not gone. It
// goes to the end of the queue until it is acknowledged.
class PaymentQueue {
 public:
  bool empty() const { return payments_.empty(); }

  asio::awaitable<Payment> receive() {
    co_await wait(100ms);
    payments_.push_back(payments_.front());
    payments_.pop_front();
    co_return payments_.back();
  }

  void acknowledge(const Payment& done) {
    if (done.number == 2 && !std::exchange(lost_, true)) {
      throw std::runtime_error("acknowledgement 2 is lost");
    }
    std::erase_if(payments_, [&](const Payment& payment) { return payment.number == done.number; });
  }

 private:
  std::deque<Payment> payments_{{1, "Ada", 30}, {2, "Ben", 20}, {3, "Cleo", 50}, {4, "Ben", 20}};
  bool lost_ = false;
};

// Takes a second, even if it fails.
asio::awaitable<void> pay(Payment payment, bool& bank_opens) {
  asio::steady_timer timer(co_await asio::this_coro::executor, 1s);
  co_await timer.async_wait(asio::use_awaitable);
  if (payment.number == 3 && !std::exchange(bank_opens, true)) {
    throw std::runtime_error("Cleo's bank is closed");
  }
  fmt::print("Payment {}: {} euros to {}\n", payment.number, payment.euros, payment.to);
}

asio::awaitable<void> pay_all() {
  PaymentQueue queue;
  bool bank_opens = false;
  std::set<std::pair<std::string, int>> paid;
  while (!queue.empty()) {
    const Payment payment = co_await queue.receive();
    try {
      const auto key = std::pair(payment.to, payment.euros);
      if (!paid.contains(key)) {
        co_await pay(payment, bank_opens);
        paid.insert(key);
      }
      queue.acknowledge(payment);
    } catch (const std::runtime_error& error) {
      fmt::print("Failed: {}\n", error.what());
    }
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, pay_all(), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
