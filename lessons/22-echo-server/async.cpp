// Says back what it hears, and serves all clients at the same
// time. Look at what waits while a client has nothing to say.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <exception>
#include <utility>

#include "../16-cancellation/task_group.hpp"
#include "awaiting.hpp"
#include "limits.hpp"

using asio::ip::tcp;

// Until the client leaves, or dawdles. Returns why it ended.
asio::awaitable<asio::error_code> echo(tcp::socket& socket,
                                       milliseconds patience) {
  std::array<char, 1024> piece;
  asio::error_code error;
  while (!error) {
    const std::size_t size = co_await read_some(
        socket, asio::buffer(piece), patience, error);
    if (error) break;
    co_await write_all(socket, asio::buffer(piece, size),
                       patience, error);
  }
  co_return error;
}

// `here` counts the clients that are being served.
asio::awaitable<void> serve_client(tcp::socket socket, int number,
                                   milliseconds patience,
                                   std::size_t& here) {
  ++here;
  print_line(fmt::format("Client {} is served", number));
  const asio::error_code end = co_await echo(socket, patience);
  print_line(
      fmt::format("Client {} leaves: {}", number, end.message()));
  --here;
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> serve(tcp::acceptor& acceptor,
                            const Limits& limits,
                            std::size_t& here,
                            TaskGroup& clients) {
  auto executor = co_await asio::this_coro::executor;
  int number = 0;
  for (;;) {
    asio::error_code error;
    tcp::socket socket = co_await acceptor.async_accept(
        asio::redirect_error(asio::use_awaitable, error));
    if (!acceptor.is_open()) co_return;
    if (error) {  // too many open files: some will close
      asio::steady_timer pause(executor, milliseconds(100));
      co_await pause.async_wait(asio::use_awaitable);
    } else if (here < limits.clients) {
      clients.start(serve_client(std::move(socket), ++number,
                                 limits.patience, here));
    }
  }
}

int main(int argc, char* argv[]) {
  try {
    const Settings settings = parse_settings(argc, argv);
    asio::io_context loop;
    const auto loopback = asio::ip::address_v4::loopback();
    tcp::acceptor acceptor(loop, {loopback, settings.port});
    asio::signal_set signals(loop, SIGTERM, SIGINT);
    signals.async_wait([&](auto, int) { loop.stop(); });
    print_line(fmt::format("127.0.0.1:{}",
                           acceptor.local_endpoint().port()));
    std::size_t here = 0;
    const auto serve_all = [&](TaskGroup& clients) {
      return serve(acceptor, settings.limits, here, clients);
    };
    asio::co_spawn(loop, with_task_group(serve_all), rethrow);
    loop.run();

    signals.clear();  // a second Ctrl-C ends it at once
    acceptor.close();
    loop.restart();
    loop.run_for(settings.limits.farewell);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
