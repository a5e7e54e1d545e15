// The same three, measured by a library that calls back. Look at
// what the task awaits: it is not a timer, and not a socket.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string>

#include "async_thermometers.hpp"

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> report(AsyncThermometers& house,
                             std::string place) {
  fmt::print("Measure the {}\n", place);
  const double degrees =
      co_await house.async_measure(place, asio::use_awaitable);
  fmt::print("The {}: {:.1f} degrees\n", place, degrees);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Thermometers library(loop.get_executor());
  AsyncThermometers house(loop.get_executor(), library);
  asio::co_spawn(loop, report(house, "oven"), rethrow);
  asio::co_spawn(loop, report(house, "fridge"), rethrow);
  asio::co_spawn(loop, report(house, "cellar"), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
