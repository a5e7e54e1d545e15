// The battery of the boiler's thermometer is weak, so a
// measurement takes ten seconds. Look at what the time limit of a
// second is good for.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "../15-timeouts/wait_for.hpp"
#include "pending.hpp"
#include "thermometers.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

template <typename Token>
auto async_measure(Thermometers& library, std::string place,
                   Token&& token) {
  return asio::async_initiate<Token,
                              void(asio::error_code, double)>(
      [&library](auto handler, const std::string& there) {
        using Operation = Pending<decltype(handler)>;
        const auto pending = std::make_shared<Operation>(
            std::move(handler), asio::system_executor());
        library.measure(there, [pending](std::error_code error,
                                         double degrees) {
          pending->complete(error, degrees);
        });
      },
      token, std::move(place));
}

asio::awaitable<void> report(Thermometers& library) {
  fmt::print("Measure the boiler, for a second\n");
  auto measurement =
      async_measure(library, "boiler", asio::use_awaitable);
  try {
    const double degrees =
        co_await wait_for(std::move(measurement), 1s);
    fmt::print("The boiler: {:.1f} degrees\n", degrees);
  } catch (const TimedOut&) {
    fmt::print("The boiler does not answer\n");
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
  asio::co_spawn(loop, report(library), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
