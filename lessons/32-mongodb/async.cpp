// Three guests and two portions of soup. Look at who comes too
// late, and at the document that remains.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>

#include "address.hpp"
#include "kitchen.hpp"
#include "pool.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using mongo::Pool;

asio::awaitable<void> serve(Pool& kitchen, std::string guest,
                            std::chrono::milliseconds time) {
  fmt::print("{} looks at the menu\n", guest);
  co_await kitchen.command(slow_question("soup", time));
  const auto answer =
      co_await kitchen.command(take_portion("soup", guest));
  const bool gets_soup = answer.number("n") == 1;
  fmt::print("{} {}\n", guest,
             gets_soup ? "gets soup" : "comes too late");
}

asio::awaitable<void> show_soup(Pool& kitchen) {
  const auto answer = co_await kitchen.command(question("soup"));
  fmt::print("{}\n", first_in(answer).json());
}

asio::awaitable<void> serve_all(Pool kitchen) {
  co_await (serve(kitchen, "Ann", 800ms) &&
            serve(kitchen, "Ben", 400ms) &&
            serve(kitchen, "Cleo", 600ms));
  co_await show_soup(kitchen);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const auto address = mongo::address_from(argc, argv);
    open_kitchen(address);
    asio::io_context loop;
    Pool kitchen(loop.get_executor(), address, 3);
    asio::co_spawn(loop, serve_all(kitchen), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
