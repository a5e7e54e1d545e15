// Wrong: the reports are right, but the wait keeps the thread.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> ride(std::string_view courier, std::chrono::seconds way) {
  const auto start = steady_clock::now();
  fmt::print("{} rides out, {}s each way\n", courier, way.count());
  std::this_thread::sleep_for(way + way);
  const Seconds taken = steady_clock::now() - start;
  fmt::print("{} is back after {:.1f}s\n", courier, taken.count());
  co_return;
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
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
