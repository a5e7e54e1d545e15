// Four people pack orders, and each shelf has a mutex. Look at
// when the loaves and the cakes are packed.
#include <fmt/core.h>

#include <chrono>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "jobs.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Shelf {
  std::string_view name;
  int pieces;
  std::mutex mutex{};
};

// The sleep stands for work: a person is busy.
void pack(Shelf& shelf, int pieces,
          std::chrono::milliseconds time) {
  const std::lock_guard lock(shelf.mutex);
  const int before = shelf.pieces;
  std::this_thread::sleep_for(time);
  shelf.pieces = before - pieces;
  fmt::print("{} {}: {} left\n", pieces, shelf.name,
             before - pieces);
}

int main() {
  const auto start = steady_clock::now();

  Jobs jobs;
  Shelf rolls{"rolls", 20};
  Shelf loaves{"loaves", 10};
  Shelf cakes{"cakes", 5};
  for (int order = 1; order <= 4; ++order) {
    jobs.post([&] { pack(rolls, 4, 1000ms); });
  }
  jobs.post([&] { pack(loaves, 2, 700ms); });
  jobs.post([&] { pack(loaves, 2, 700ms); });
  jobs.post([&] { pack(cakes, 2, 3500ms); });

  std::vector<std::thread> people;
  for (int person = 1; person <= 4; ++person) {
    people.emplace_back([&] { jobs.run(); });
  }
  for (std::thread& person : people) person.join();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
