// Three patients call a doctor whose line is engaged for half a
// second. Look at when each calls again, and who may not.
#include <fmt/core.h>

#include <algorithm>
#include <asio.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string_view>

#include "wait_for.hpp"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Engaged : std::runtime_error {
  Engaged() : std::runtime_error("engaged") {}
};

struct Doctor {
  steady_clock::time_point free_again;

  asio::awaitable<void> call(milliseconds ringing) const {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(ringing);
    co_await timer.async_wait(asio::use_awaitable);
    if (steady_clock::now() < free_again) throw Engaged();
  }
};

// For all patients together: ten calls pay for calling again
// once. At first there is enough for three.
class RetryBudget {
 public:
  void earn() { left_ = std::min(left_ + 0.1, 3.0); }
  bool spend() {
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  double left_ = 3.0;
};

// The same pauses in every run. Where that is not wanted, use
// std::mt19937, seeded from std::random_device.
class Dice {
 public:
  milliseconds up_to(milliseconds most) {
    state_ = state_ * 48271 % 2147483647;
    return milliseconds(state_ % most.count());
  }

 private:
  std::int64_t state_ = 46;
};

struct Patient {
  std::string_view name;
  milliseconds ringing;
  milliseconds patience;
};

asio::awaitable<void> get_through(Patient patient,
                                  const Doctor& doctor,
                                  RetryBudget& budget,
                                  Dice& dice) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  budget.earn();
  for (milliseconds most = 400ms;; most *= 2) {
    try {
      co_await doctor.call(patient.ringing);
      co_return;
    } catch (const Engaged&) {
      if (!budget.spend()) throw;
    }
    const milliseconds pause = dice.up_to(most);
    fmt::print("{} calls again in {:.2f}s\n", patient.name,
               Seconds(pause).count());
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> make_appointment(Patient patient,
                                       const Doctor& doctor,
                                       RetryBudget& budget,
                                       Dice& dice) {
  try {
    co_await wait_for(get_through(patient, doctor, budget, dice),
                      patient.patience);
    fmt::print("{} is through\n", patient.name);
  } catch (const Engaged&) {
    fmt::print("{} may not call again\n", patient.name);
  } catch (const TimedOut&) {
    fmt::print("{} has no more time\n", patient.name);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  const Doctor doctor{start + 500ms};
  RetryBudget budget;
  Dice dice;
  for (const Patient& patient :
       {Patient{"Adams", 80ms, 2s}, Patient{"Brown", 100ms, 2s},
        Patient{"Clark", 120ms, 300ms}}) {
    asio::co_spawn(
        loop, make_appointment(patient, doctor, budget, dice),
        rethrow);
  }
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
