// Right: streams instead of fmt, and the clock of the system.
#include <asio.hpp>
#include <chrono>
#include <exception>
#include <iomanip>
#include <iostream>
#include <string_view>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> ride(std::string_view courier, std::chrono::seconds way) {
  const auto start = std::chrono::system_clock::now();
  std::cout << courier << " rides out, " << way.count() << "s each way\n";
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(way + way);
  co_await timer.async_wait(asio::use_awaitable);
  const Seconds taken = std::chrono::system_clock::now() - start;
  std::cout << courier << " is back after " << std::fixed << std::setprecision(1) << taken.count()
            << "s\n";
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, ride("Ida", 2s), rethrow);
  asio::co_spawn(loop, ride("Jon", 1s), rethrow);
  asio::co_spawn(loop, ride("Kim", 3s), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  std::cout << "Elapsed: " << elapsed.count() << "s\n";
}
