// A trap: a look-up takes 0.4s, but its limit is 0.1s. Look at
// which resolver keeps to the limit.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "../15-timeouts/wait_for.hpp"
#include "ares.hpp"
#include "name_server.hpp"
#include "slow_names.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;

// As in sync.cpp.
extern "C" int getaddrinfo(const char* name, const char* service,
                           const addrinfo* hints,
                           addrinfo** found) {
  return dns::look_up_slowly(name, service, hints, found);
}

asio::awaitable<void> by_asio(tcp::resolver& names) {
  co_await names.async_resolve("bakery.example", "",
                               asio::use_awaitable);
}

asio::awaitable<void> by_ares(dns::Resolver& names) {
  co_await names.resolve("bakery.example");
}

asio::awaitable<void> limit(std::string who,
                            asio::awaitable<void> look_up) {
  try {
    co_await wait_for(std::move(look_up), 100ms);
    fmt::print("{}: found\n", who);
  } catch (const TimedOut&) {
    fmt::print("{}: timeout\n", who);
  }
}

asio::awaitable<void> limit_both(tcp::resolver& asios,
                                 dns::Resolver& ares) {
  co_await (limit("Asio", by_asio(asios)) &&
            limit("c-ares", by_ares(ares)));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  dns::NameServer server(loop.get_executor(), dns::suppliers);
  tcp::resolver asios(loop);
  dns::Resolver ares(loop.get_executor(), server.address());
  asio::co_spawn(loop, server.serve(), rethrow);
  asio::co_spawn(loop, limit_both(asios, ares),
                 [&](std::exception_ptr error) {
                   server.close();
                   rethrow(error);
                 });
  loop.run();
}
