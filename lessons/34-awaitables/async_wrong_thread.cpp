// The library has a thread, and calls back on it. Look at which
// thread the task is on after each wait.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

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
        const auto shared = std::make_shared<decltype(handler)>(
            std::move(handler));
        library.measure(there, [shared](std::error_code error,
                                        double degrees) {
          (*shared)(error, degrees);  // the mistake
        });
      },
      token, std::move(place));
}

void print_thread(std::string_view when, std::thread::id loops) {
  const bool same = std::this_thread::get_id() == loops;
  fmt::print("{}: on the {} thread\n", when,
             same ? "loop's" : "library's");
}

asio::awaitable<void> report(Thermometers& library) {
  const std::thread::id loops = std::this_thread::get_id();
  asio::steady_timer timer(co_await asio::this_coro::executor);
  print_thread("At first", loops);
  co_await async_measure(library, "oven", asio::use_awaitable);
  print_thread("After the oven", loops);
  timer.expires_after(1s);
  co_await timer.async_wait(asio::use_awaitable);
  print_thread("After a timer", loops);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::thread_pool library_thread(1);
  Thermometers library(library_thread.get_executor());
  asio::co_spawn(loop, report(library), rethrow);
  loop.run();
  library_thread.join();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
