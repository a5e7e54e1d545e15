// A loop for each shelf, and a thread for each loop. Look for
// what keeps two threads from using one shelf at the same time.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Shelf {
  std::string_view name;
  int pieces;
  asio::io_context loop{1};  // one thread will run it
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

  Shelf rolls{"rolls", 20};
  Shelf loaves{"loaves", 10};
  Shelf cakes{"cakes", 5};
  for (int order = 1; order <= 4; ++order) {
    asio::post(rolls.loop, [&] { pack(rolls, 4, 1000ms); });
  }
  asio::post(loaves.loop, [&] { pack(loaves, 2, 700ms); });
  asio::post(loaves.loop, [&] { pack(loaves, 2, 700ms); });
  asio::post(cakes.loop, [&] { pack(cakes, 2, 3500ms); });

  std::vector<std::thread> people;
  for (Shelf* shelf : {&rolls, &loaves, &cakes}) {
    people.emplace_back([shelf] { shelf->loop.run(); });
  }
  for (std::thread& person : people) person.join();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
