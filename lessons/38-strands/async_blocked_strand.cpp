// A trap: a handler waits for an answer that its own strand has
// to give. Look at which of the two shelves answers.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <future>
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

// Asks for a number on the shelf's strand, and blocks until it
// is there, or two seconds have passed.
void ask(const Shelf& shelf) {
  auto answer =
      asio::post(shelf.strand,
                 asio::use_future([&] { return shelf.pieces; }));
  if (answer.wait_for(2s) == std::future_status::ready) {
    fmt::print("{}: {}\n", shelf.name, answer.get());
  } else {
    fmt::print("{}: no answer\n", shelf.name);
  }
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Shelf rolls{"rolls", 20, asio::make_strand(loop)};
  Shelf loaves{"loaves", 10, asio::make_strand(loop)};
  asio::post(rolls.strand, [&] {
    ask(loaves);
    ask(rolls);
  });
  asio::post(rolls.strand, [&] { fmt::print("Next order\n"); });

  std::vector<std::thread> people;
  for (int person = 1; person <= 4; ++person) {
    people.emplace_back([&] { loop.run(); });
  }
  for (std::thread& person : people) person.join();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
