// Housework, one chore after the other. Look at what we do
// while a machine runs.
#include <fmt/core.h>

#include <chrono>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void run_machine(std::string_view what,
                 std::chrono::seconds time) {
  fmt::print("Start {} for {} seconds\n", what, time.count());
  std::this_thread::sleep_for(time);
  fmt::print("End {} for {} seconds\n", what, time.count());
}

void wash_clothes() {
  run_machine("washing machine", 3s);
  run_machine("dryer", 3s);
}

void clean_potatoes(int pieces) {
  fmt::print("Start cleaning potatoes for {} pieces\n", pieces);
  for (int piece = 0; piece < pieces; ++piece) {
    fmt::print("Cleaning potato {}\n", piece);
    std::this_thread::sleep_for(500ms);
  }
  fmt::print("End cleaning potatoes for {} pieces\n", pieces);
}

int main() {
  const auto start = steady_clock::now();

  run_machine("dishwasher", 3s);
  wash_clothes();
  run_machine("boiling water", 4s);
  clean_potatoes(14);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
