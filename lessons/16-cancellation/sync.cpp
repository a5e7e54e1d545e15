// A dinner of three dishes, and the second one burns. Look at
// what was cooked in vain.
#include <fmt/core.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "stove.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void cook(std::string_view dish, std::chrono::seconds time) {
  const Stove stove(dish);
  std::this_thread::sleep_for(time);
  fmt::print("Ready: {}\n", dish);
}

void make_sauce() {
  const Stove stove("sauce");
  std::this_thread::sleep_for(1s);
  throw std::runtime_error("the sauce has burnt");
}

void make_dinner() {
  cook("soup", 3s);
  make_sauce();
  cook("roast", 5s);
}

void give_dinner() {
  try {
    make_dinner();
    fmt::print("Dinner is served\n");
  } catch (const std::exception& error) {
    fmt::print("No dinner: {}\n", error.what());
  }
}

int main() {
  const auto start = steady_clock::now();

  give_dinner();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
