// A web API that cooks for its clients. Look at what the server
// does while three dishes are on the stove.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>
#include <variant>

#include "../22-echo-server/limits.hpp"
#include "response.hpp"
#include "routes.hpp"
#include "server.hpp"

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using Seconds = std::chrono::duration<double>;

asio::awaitable<void> cook(std::string_view dish,
                           std::chrono::seconds time) {
  print_line(fmt::format("Start {}", dish));
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           time);
  co_await timer.async_wait(asio::use_awaitable);
  print_line(fmt::format("End {}", dish));
}

asio::awaitable<http::Response> hello(http::Request) {
  co_return http::json(R"({"message":"Hello World"})");
}

asio::awaitable<http::Response> concurrent(http::Request) {
  const auto start = steady_clock::now();
  co_await (cook("soup", 2s) && cook("roast", 3s) &&
            cook("salad", 1s));
  const Seconds elapsed = steady_clock::now() - start;
  co_return http::json(fmt::format(
      R"({{"dishes":["soup","roast","salad"],"seconds":{:.0f}}})",
      elapsed.count()));
}

using Routes = http::Routes<http::Handler>;

asio::awaitable<http::Response> answer(const Routes& routes,
                                       http::Request request) {
  const auto found = routes.find(request);
  if (const auto* none = std::get_if<http::Response>(&found)) {
    co_return *none;
  }
  auto meal = std::get<http::Handler>(found)(std::move(request));
  co_return co_await std::move(meal);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const Settings settings = parse_settings(argc, argv);
    Routes routes;
    routes.add("GET", "/", hello);
    routes.add("GET", "/concurrent", concurrent);

    asio::io_context loop;
    http::Server server(
        loop, settings.port,
        [&](http::Request request) {
          return answer(routes, std::move(request));
        },
        settings.limits);
    asio::co_spawn(loop, server.run(), rethrow);
    asio::signal_set signals(loop, SIGTERM, SIGINT);
    signals.async_wait([&](auto, int) { loop.stop(); });
    print_line(fmt::format("127.0.0.1:{}", server.port()));
    loop.run();

    signals.clear();  // a second Ctrl-C ends it at once
    server.stop();
    loop.restart();
    loop.run_for(settings.limits.farewell);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
