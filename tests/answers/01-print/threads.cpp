// Wrong: a thread for each dish, and no task. It takes as long, and misses what a loop is for.
#include <fmt/core.h>

#include <chrono>
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

  std::thread egg(prepare, "The egg", 4s);
  std::thread tea(prepare, "The tea", 3s);
  std::thread toast(prepare, "The toast", 2s);
  egg.join();
  tea.join();
  toast.join();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
