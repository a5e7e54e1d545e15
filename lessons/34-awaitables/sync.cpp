// Three temperatures are measured. Look at what the thread does
// while a thermometer measures.
#include <fmt/core.h>

#include <chrono>
#include <string>

#include "thermometers.hpp"

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void report(const std::string& place) {
  fmt::print("Measure the {}\n", place);
  const double degrees = measure(place);
  fmt::print("The {}: {:.1f} degrees\n", place, degrees);
}

int main() {
  const auto start = steady_clock::now();

  report("oven");
  report("fridge");
  report("cellar");

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
