// A search that might take forever is given 50 milliseconds.
// Look at what tells it to stop, and when it does.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stop_token>

#include "../15-timeouts/wait_for.hpp"
#include "run_on.hpp"

using namespace std::chrono_literals;

// A perfect number is the sum of its divisors other than itself,
// as 28 is of 1, 2, 4, 7 and 14. Nobody has ever seen an odd one.
bool is_perfect(long number) {
  long sum = 1;
  for (long i = 2; i * i <= number; ++i) {
    if (number % i != 0) continue;
    sum += i;
    if (i * i != number) sum += number / i;
  }
  return sum == number;
}

std::optional<long> find_odd_perfect(std::stop_token stop) {
  for (long number = 3; !stop.stop_requested(); number += 2) {
    if (is_perfect(number)) return number;
  }
  return std::nullopt;
}

asio::awaitable<void> search(asio::thread_pool& pool) {
  const auto number =
      co_await wait_for(run_on(pool, find_odd_perfect), 50ms);
  if (number) {
    fmt::print("{} is odd and perfect!\n", *number);
  } else {
    fmt::print("Stopped, and nothing found\n");
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  asio::thread_pool pool(1);
  asio::co_spawn(loop, search(pool), rethrow);
  loop.run();
}
