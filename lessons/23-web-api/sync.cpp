// A web API that cooks for its clients. Look at what the server
// does while a dish is on the stove.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>

#include "../22-echo-server/limits.hpp"
#include "blocking_server.hpp"
#include "response.hpp"
#include "routes.hpp"

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

void cook(std::string_view dish, std::chrono::seconds time) {
  print_line(fmt::format("Start {}", dish));
  std::this_thread::sleep_for(time);
  print_line(fmt::format("End {}", dish));
}

http::Response hello(http::Request) {
  return http::json(R"({"message":"Hello World"})");
}

http::Response concurrent(http::Request) {
  const auto start = steady_clock::now();
  cook("soup", 2s);
  cook("roast", 3s);
  cook("salad", 1s);
  const Seconds elapsed = steady_clock::now() - start;
  return http::json(fmt::format(
      R"({{"dishes":["soup","roast","salad"],"seconds":{:.0f}}})",
      elapsed.count()));
}

using Routes = http::Routes<http::BlockingHandler>;

http::Response answer(const Routes& routes,
                      http::Request request) {
  const auto found = routes.find(request);
  if (const auto* none = std::get_if<http::Response>(&found)) {
    return *none;
  }
  return std::get<http::BlockingHandler>(found)(
      std::move(request));
}

int main(int argc, char* argv[]) {
  try {
    const Settings settings = parse_settings(argc, argv);
    Routes routes;
    routes.add("GET", "/", hello);
    routes.add("GET", "/concurrent", concurrent);

    asio::io_context loop;
    http::BlockingServer server(
        loop, settings.port,
        [&](http::Request request) {
          return answer(routes, std::move(request));
        },
        settings.limits);
    print_line(fmt::format("127.0.0.1:{}", server.port()));
    server.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
