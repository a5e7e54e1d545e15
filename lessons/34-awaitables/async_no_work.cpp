// The library has a thread, and the loop has nothing to do. Look
// at what the loop knows of the operation.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "thermometers.hpp"

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

template <typename Token>
auto async_measure(Thermometers& library, std::string place,
                   Token&& token) {
  return asio::async_initiate<Token,
                              void(asio::error_code, double)>(
      [&library](auto handler, const std::string& there) {
        const auto shared = std::make_shared<decltype(handler)>(
            std::move(handler));
        library.measure(there, [shared](std::error_code error,
                                        double degrees) {
          asio::post(asio::get_associated_executor(*shared),
                     [shared, error, degrees] {
                       (*shared)(error, degrees);
                     });
        });
      },
      token, std::move(place));
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::thread_pool library_thread(1);
  Thermometers library(library_thread.get_executor());
  const auto show = [](asio::error_code, double degrees) {
    fmt::print("The oven: {:.1f} degrees\n", degrees);
  };
  fmt::print("Measure the oven\n");
  async_measure(library, "oven",
                asio::bind_executor(loop.get_executor(), show));
  loop.run();
  fmt::print("The loop has ended\n");
  library_thread.join();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
