// A trap: four threads run one loop, and there is no strand.
// Look at how many rolls are left after 16 have been packed.
#include <fmt/core.h>

#include <asio.hpp>
#include <atomic>
#include <chrono>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Shelf {
  std::string_view name;
  std::atomic<int> pieces;
};

// The sleep stands for work: a person is busy.
void pack(Shelf& shelf, int pieces,
          std::chrono::milliseconds time) {
  const int before = shelf.pieces;
  std::this_thread::sleep_for(time);
  shelf.pieces = before - pieces;
  fmt::print("{} {}: {} left\n", pieces, shelf.name,
             before - pieces);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Shelf rolls{"rolls", 20};
  for (int order = 1; order <= 4; ++order) {
    asio::post(loop, [&] { pack(rolls, 4, 1000ms); });
  }

  std::vector<std::thread> people;
  for (int person = 1; person <= 4; ++person) {
    people.emplace_back([&] { loop.run(); });
  }
  for (std::thread& person : people) person.join();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
