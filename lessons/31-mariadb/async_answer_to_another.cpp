// A trap: a task gives up a question, and its connection is used
// again. Look at whose answer each of the next guests gets.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <tuple>
#include <utility>

#include "../15-timeouts/wait_for.hpp"
#include "address.hpp"
#include "bare.hpp"
#include "kitchen.hpp"
#include "pool.hpp"

using namespace std::chrono_literals;
using maria::Address, maria::Pool;

// How many portions of a dish there are. Counting them takes
// `seconds`.
std::string question(std::string dish, double seconds) {
  return fmt::format(
      "select portions, sleep({}) from workbook.shelf"
      " where dish = '{}'",
      seconds, dish);
}

void tell(std::string guest, std::string dish,
          std::string portions) {
  fmt::print("{} counts {} portions of {}\n", guest, portions,
             dish);
}

asio::awaitable<void> count(bare::Connection& own,
                            std::string guest, std::string dish,
                            double seconds) {
  tell(guest, dish, co_await own.ask(question(dish, seconds)));
}

asio::awaitable<void> count(Pool& kitchen, std::string guest,
                            std::string dish, double seconds) {
  auto ask =
      [&](maria::Connection& own) -> asio::awaitable<void> {
    const auto rows = co_await own.query<std::string, int>(
        question(dish, seconds));
    tell(guest, dish, std::get<0>(rows.front()));
  };
  co_await kitchen.use(ask);
}

asio::awaitable<void> give_up(std::string guest,
                              asio::awaitable<void> work) {
  try {
    co_await wait_for(std::move(work), 400ms);
  } catch (const TimedOut&) {
    fmt::print("{} has given up\n", guest);
  }
}

asio::awaitable<void> day(Address address) {
  bare::Connection own(address);
  co_await give_up("Ann", count(own, "Ann", "soup", 0.8));
  co_await count(own, "Ben", "bread", 0);
  co_await count(own, "Cleo", "cake", 0);

  Pool kitchen(co_await asio::this_coro::executor, address, 1);
  co_await give_up("Dora", count(kitchen, "Dora", "soup", 0.8));
  co_await count(kitchen, "Emil", "bread", 0);
  co_await count(kitchen, "Finn", "cake", 0);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const auto address = maria::address_from(argc, argv);
    open_kitchen(address);
    asio::io_context loop;
    asio::co_spawn(loop, day(address), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
