// One town of three does not answer, and the other two are
// compared. Look at what is printed in its place.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gather.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Town {
  std::string_view name;
  std::chrono::seconds delay;
  std::optional<int> degrees;
};

asio::awaitable<int> measure(Town town) {
  fmt::print("Ask {}\n", town.name);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(town.delay);
  co_await timer.async_wait(asio::use_awaitable);
  if (!town.degrees) {
    fmt::print("{} does not answer\n", town.name);
    throw std::runtime_error("no answer");
  }
  fmt::print("{} answers\n", town.name);
  co_return *town.degrees;
}

void tell(std::string_view name, const Outcome<int>& outcome) {
  if (const int* degrees = std::get_if<int>(&outcome)) {
    fmt::print("{}: {} degrees\n", name, *degrees);
    return;
  }
  try {
    std::rethrow_exception(std::get<0>(outcome));
  } catch (const std::runtime_error& error) {
    fmt::print("{}: {}\n", name, error.what());
  }
}

asio::awaitable<void> compare(std::vector<Town> towns) {
  Awaitables<Outcome<int>> answers;
  for (const Town& town : towns) {
    answers.push_back(outcome_of(measure(town)));
  }
  const auto outcomes = co_await gather(std::move(answers));
  for (std::size_t i = 0; i < towns.size(); ++i) {
    tell(towns[i].name, outcomes[i]);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  const std::vector<Town> towns{
      {"Oslo", 3s, -4}, {"Rome", 1s, {}}, {"Lima", 2s, 22}};
  asio::io_context loop;
  asio::co_spawn(loop, compare(towns), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
