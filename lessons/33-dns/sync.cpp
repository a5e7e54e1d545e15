// A shop asks for the addresses of its four suppliers. Look at
// when the second one is asked for.
#include <fmt/core.h>

#include <asio.hpp>
#include <string>

#include "slow_names.hpp"

using asio::ip::tcp;

// Calls to getaddrinfo, by Asio or any other library, find this
// function before the system's.
extern "C" int getaddrinfo(const char* name, const char* service,
                           const addrinfo* hints,
                           addrinfo** found) {
  return dns::look_up_slowly(name, service, hints, found);
}

void look_up(tcp::resolver& names, std::string name) {
  fmt::print("Ask for {}\n", name);
  const auto found = names.resolve(name, "");
  const tcp::endpoint supplier = *found.begin();
  fmt::print("{} is {}\n", name, supplier.address().to_string());
}

void look_up_all(tcp::resolver& names) {
  look_up(names, "bakery.example");
  look_up(names, "dairy.example");
  look_up(names, "fishery.example");
  look_up(names, "orchard.example");
}

int main() {
  asio::io_context loop;
  tcp::resolver names(loop);
  look_up_all(names);
}
