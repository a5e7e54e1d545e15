// Two guests who give up after 0.3 seconds, on two threads. Look
// at when they have given up, and when the third has an answer.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>

#include "address.hpp"
#include "kitchen.hpp"
#include "threads.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using mongo::Document, mongo::Threads;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> ask(Threads& kitchen, std::string guest,
                          Document question) {
  const auto first =
      co_await (kitchen.command(question) || pause(300ms));
  fmt::print(
      "{} {}\n", guest,
      first.index() == 0 ? "has an answer" : "has given up");
}

asio::awaitable<void> ask_later(Threads& kitchen) {
  co_await pause(400ms);
  co_await kitchen.command(question("bread"));
  fmt::print("Cleo has an answer\n");
}

asio::awaitable<void> day(Threads& kitchen) {
  co_await (ask(kitchen, "Ann", slow_question("soup", 2000ms)) &&
            ask(kitchen, "Ben", slow_question("soup", 2200ms)) &&
            ask_later(kitchen));
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
    Threads kitchen(address, 2);
    asio::co_spawn(loop, day(kitchen), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
