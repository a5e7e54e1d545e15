// One operation, told in five ways what to do at its end. The
// attic has no thermometer: look at where the error comes out.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <future>
#include <system_error>
#include <utility>

#include "async_thermometers.hpp"

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// An operation, too: its caller says what to do at the end.
template <typename Token>
auto async_measure_attic(AsyncThermometers& house,
                         Token&& token) {
  return house.async_measure("attic", std::forward<Token>(token));
}

asio::awaitable<void> report(AsyncThermometers& house) {
  const double degrees =
      co_await house.async_measure("cellar", asio::use_awaitable);
  fmt::print("use_awaitable: {:.1f} degrees\n", degrees);

  asio::error_code error;
  co_await house.async_measure(
      "attic", asio::redirect_error(asio::use_awaitable, error));
  fmt::print("redirect_error: {}\n", error.message());

  try {
    co_await async_measure_attic(house, asio::use_awaitable);
  } catch (const std::system_error& failure) {
    fmt::print("Passed on: caught {}\n", failure.what());
  }
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
  house.async_measure(
      "attic", [](asio::error_code error, double) {
        fmt::print("Callback: {}\n", error.message());
      });
  std::future<double> attic =
      house.async_measure("attic", asio::use_future);
  fmt::print("Two are asked for\n");
  asio::co_spawn(loop, report(house), rethrow);
  loop.run();

  try {
    attic.get();
  } catch (const std::system_error& failure) {
    fmt::print("use_future: caught {}\n", failure.what());
  }
  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
