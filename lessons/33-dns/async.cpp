// The same shop with c-ares: four questions on one socket, and no
// thread that waits. Look at when they are answered.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <string>

#include "ares.hpp"
#include "name_server.hpp"

using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> look_up(dns::Resolver& names,
                              std::string name) {
  fmt::print("Ask for {}\n", name);
  const auto found = co_await names.resolve(name);
  const asio::ip::address supplier = found.front();
  fmt::print("{} is {}\n", name, supplier.to_string());
}

asio::awaitable<void> look_up_all(dns::Resolver& names) {
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
  dns::NameServer server(loop.get_executor(), dns::suppliers);
  dns::Resolver names(loop.get_executor(), server.address());
  asio::co_spawn(loop, server.serve(), rethrow);
  asio::co_spawn(loop, look_up_all(names),
                 [&](std::exception_ptr error) {
                   server.close();
                   rethrow(error);
                 });
  loop.run();
}
