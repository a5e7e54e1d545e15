// A trap: each task puts its answer at the end of the same
// vector. Look at which town gets which temperature.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Town {
  std::string_view name;
  std::chrono::seconds delay;
  int degrees;
};

asio::awaitable<void> measure(Town town,
                              std::vector<int>& degrees) {
  fmt::print("Ask {}\n", town.name);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(town.delay);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("{} answers\n", town.name);
  degrees.push_back(town.degrees);
}

asio::awaitable<void> compare(std::vector<Town> towns) {
  std::vector<int> degrees;
  co_await (measure(towns[0], degrees) &&
            measure(towns[1], degrees) &&
            measure(towns[2], degrees));
  for (std::size_t i = 0; i < towns.size(); ++i) {
    fmt::print("{}: {} degrees\n", towns[i].name, degrees[i]);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  const std::vector<Town> towns{
      {"Oslo", 3s, -4}, {"Rome", 1s, 18}, {"Lima", 2s, 22}};
  asio::io_context loop;
  asio::co_spawn(loop, compare(towns), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
