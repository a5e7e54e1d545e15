// The same shop with Asio's resolver: four tasks ask at the same
// time. Look at when they get their answers.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <string>

#include "slow_names.hpp"

using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;

// Calls to getaddrinfo, by Asio or any other library, find this
// function before the system's.
extern "C" int getaddrinfo(const char* name, const char* service,
                           const addrinfo* hints,
                           addrinfo** found) {
  return dns::look_up_slowly(name, service, hints, found);
}

asio::awaitable<void> look_up(tcp::resolver& names,
                              std::string name) {
  fmt::print("Ask for {}\n", name);
  const auto found =
      co_await names.async_resolve(name, "", asio::use_awaitable);
  const tcp::endpoint supplier = *found.begin();
  fmt::print("{} is {}\n", name, supplier.address().to_string());
}

asio::awaitable<void> look_up_all(tcp::resolver& names) {
  co_await (look_up(names, "bakery.example") &&
            look_up(names, "dairy.example") &&
            look_up(names, "fishery.example") &&
            look_up(names, "orchard.example"));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  tcp::resolver names(loop);
  asio::co_spawn(loop, look_up_all(names), rethrow);
  loop.run();
}
