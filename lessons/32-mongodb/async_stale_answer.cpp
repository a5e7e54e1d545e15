// A trap: a task gives up a question, and its connection is used
// again. Look at the document that each of the next guests gets.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "../15-timeouts/wait_for.hpp"
#include "address.hpp"
#include "bare.hpp"
#include "kitchen.hpp"
#include "pool.hpp"

using namespace std::chrono_literals;
using mongo::Address, mongo::Document, mongo::Pool;

asio::awaitable<void> show(std::string guest, std::string dish,
                           asio::awaitable<Document> answer) {
  const Document found = first_in(co_await std::move(answer));
  fmt::print("{} asks for {}: {}\n", guest, dish, found.json());
}

asio::awaitable<void> give_up(std::string guest,
                              asio::awaitable<Document> work) {
  try {
    co_await wait_for(std::move(work), 400ms);
  } catch (const TimedOut&) {
    fmt::print("{} has given up\n", guest);
  }
}

asio::awaitable<void> day(Address address) {
  const auto executor = co_await asio::this_coro::executor;
  mongo::BareConnection own(executor, address);
  co_await give_up("Ann", own.ask(slow_question("soup", 800ms)));
  co_await show("Ben", "bread", own.ask(question("bread")));
  co_await show("Cleo", "cake", own.ask(question("cake")));

  Pool kitchen(executor, address, 1);
  co_await give_up("Dora",
                   kitchen.command(slow_question("soup", 800ms)));
  co_await show("Emil", "bread",
                kitchen.command(question("bread")));
  co_await show("Finn", "cake",
                kitchen.command(question("cake")));
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
    asio::co_spawn(loop, day(address), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
