// Wrong: std::async for each dish. It looks asynchronous, and takes three threads.
#include <fmt/core.h>

#include <chrono>
#include <future>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void prepare(std::string_view dish, std::chrono::seconds time) {
  std::this_thread::sleep_for(time);
  fmt::print("{} is ready\n", dish);
}

int main() {
  const auto start = steady_clock::now();

  auto egg = std::async(std::launch::async, prepare, "The egg", 4s);
  auto tea = std::async(std::launch::async, prepare, "The tea", 3s);
  auto toast = std::async(std::launch::async, prepare, "The toast", 2s);
  egg.get();
  tea.get();
  toast.get();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
