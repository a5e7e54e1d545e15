// Five names by hand, on a bad day: answers get lost, and a
// stranger answers, too. Look at how many questions it takes.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string>

#include "ask.hpp"
#include "name_server.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::udp;

// Name, address, latency, lost answers, forged.
constexpr std::array<dns::Record, 4> bad_day{{
    {"bakery.example", "192.0.2.1", 100ms},
    {"dairy.example", "192.0.2.2", 100ms, 1},
    {"fishery.example", "192.0.2.3", 200ms, 0, true},
    {"orchard.example", "192.0.2.4", 100ms, 3},
}};

asio::awaitable<void> look_up(udp::endpoint server,
                              std::string name) {
  fmt::print("Ask for {}\n", name);
  try {
    const auto found = co_await dns::ask(server, name, 400ms);
    fmt::print("{} is {}\n", name, found.front().to_string());
  } catch (const std::exception& error) {
    fmt::print("{}: {}\n", name, error.what());
  }
}

asio::awaitable<void> look_up_all(udp::endpoint server) {
  co_await (look_up(server, "bakery.example") &&
            look_up(server, "brewery.example") &&
            look_up(server, "dairy.example") &&
            look_up(server, "fishery.example") &&
            look_up(server, "orchard.example"));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  dns::NameServer server(loop.get_executor(), bad_day);
  asio::co_spawn(loop, server.serve(), rethrow);
  asio::co_spawn(loop, look_up_all(server.endpoint()),
                 [&](std::exception_ptr error) {
                   server.close();
                   rethrow(error);
                 });
  loop.run();
  fmt::print("Questions: {}\n", server.asked());
}
