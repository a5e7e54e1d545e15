// Breakfast. The cook watches each dish until it is ready,
// and only then turns to the next one. Make every dish a
// task, so that one cook can wait for all three.
// As it is, it takes 9.0s and should take 4.0s.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// TODO: make this a coroutine that waits for a timer.
void prepare(std::string_view dish, std::chrono::seconds time) {
  std::this_thread::sleep_for(time);
  fmt::print("{} is ready\n", dish);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  // TODO: spawn a task for each dish, and run the loop.
  prepare("The egg", 4s);
  prepare("The tea", 3s);
  prepare("The toast", 2s);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
