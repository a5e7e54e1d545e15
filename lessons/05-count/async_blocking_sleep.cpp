// A trap: coroutines, tasks, a loop, and a pause that puts the
// thread to sleep. Look at who counts while the other pauses.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> count(std::string_view fruit,
                            std::chrono::milliseconds pause) {
  for (int number = 0; number < 10; ++number) {
    fmt::print("{} {}\n", fruit, number);
    std::this_thread::sleep_for(pause);
  }
  co_return;
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  asio::co_spawn(loop, count("apple", 100ms), rethrow);
  asio::co_spawn(loop, count("peach", 200ms), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
