// Four threads run one loop, and each shelf has a strand. Look
// at when the loaves and the cakes are packed.
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
  asio::strand<asio::io_context::executor_type> strand;
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
  Shelf rolls{"rolls", 20, asio::make_strand(loop)};
  Shelf loaves{"loaves", 10, asio::make_strand(loop)};
  Shelf cakes{"cakes", 5, asio::make_strand(loop)};
  for (int order = 1; order <= 4; ++order) {
    asio::post(rolls.strand, [&] { pack(rolls, 4, 1000ms); });
  }
  asio::post(loaves.strand, [&] { pack(loaves, 2, 700ms); });
  asio::post(loaves.strand, [&] { pack(loaves, 2, 700ms); });
  asio::post(cakes.strand, [&] { pack(cakes, 2, 3500ms); });

  std::vector<std::thread> people;
  for (int person = 1; person <= 4; ++person) {
    people.emplace_back([&] { loop.run(); });
  }
  for (std::thread& person : people) person.join();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
