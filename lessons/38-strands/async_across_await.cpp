// A trap: each task is on its shelf's strand, but halfway through
// it waits for a box. Look at how many rolls are left.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
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

asio::awaitable<void> pack(Shelf& shelf, int pieces,
                           std::chrono::milliseconds time) {
  const int before = shelf.pieces;
  asio::steady_timer box(co_await asio::this_coro::executor);
  box.expires_after(time);
  co_await box.async_wait(asio::use_awaitable);
  shelf.pieces = before - pieces;
  fmt::print("{} {}: {} left\n", pieces, shelf.name,
             before - pieces);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Shelf rolls{"rolls", 20, asio::make_strand(loop)};
  for (int order = 1; order <= 4; ++order) {
    asio::co_spawn(rolls.strand, pack(rolls, 4, 1000ms), rethrow);
  }

  std::vector<std::thread> people;
  for (int person = 1; person <= 4; ++person) {
    people.emplace_back([&] { loop.run(); });
  }
  for (std::thread& person : people) person.join();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
