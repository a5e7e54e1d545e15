// A trap: two tasks and one connection. Look at what Ben gets for
// his question, and what Cleo gets for hers.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "address.hpp"
#include "bare.hpp"

using namespace std::chrono_literals;
using bare::Connection, maria::Address;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> ask(Connection& own, std::string guest) {
  fmt::print("{} asks for a report\n", guest);
  try {
    const std::string report = co_await own.ask(fmt::format(
        "select 'the report for {}', sleep(0.8)", guest));
    fmt::print("{} has {}\n", guest, report);
  } catch (const maria::Error& error) {
    fmt::print("{}: {}\n", guest, error.what());
  }
}

asio::awaitable<void> ask_later(Connection& own,
                                std::string guest) {
  co_await pause(400ms);
  co_await ask(own, std::move(guest));
}

asio::awaitable<void> day(Address address) {
  using namespace asio::experimental::awaitable_operators;
  Connection own(address);
  co_await (ask(own, "Ann") && ask_later(own, "Ben"));
  co_await ask(own, "Cleo");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const auto address = maria::address_from(argc, argv);
    asio::io_context loop;
    asio::co_spawn(loop, day(address), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
