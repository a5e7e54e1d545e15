// All 127 seconds in one step. Look at what the pauses are
// measured from.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>

#include "order_flour.hpp"
#include "test_clock.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Mill mill{8};
  asio::co_spawn(loop, order_flour<TestClock>(mill), rethrow);
  loop.poll();
  TestClock::passed += 127s;  // the mistake
  loop.poll();
  fmt::print("{}: {} calls\n",
             mill.calls == 8 ? "Passed" : "Failed", mill.calls);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
