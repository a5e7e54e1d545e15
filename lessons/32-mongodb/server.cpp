// A stand-in for MongoDB: it speaks the protocol, and knows the
// commands of this lesson. Look at what `serve` waits for.
// server [PORT [LOG]]
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "../16-cancellation/task_group.hpp"
#include "message.hpp"
#include "request.hpp"
#include "stand_in.hpp"

using asio::ip::tcp;

// One command after another, as MongoDB does.
asio::awaitable<void> serve(stand_in::StandIn& kitchen,
                            tcp::socket client) {
  try {
    client.set_option(tcp::no_delay(true));
    for (std::int32_t number = 1;; ++number) {
      std::string head(mongo::Head::size, '\0');
      co_await asio::async_read(client, asio::buffer(head),
                                asio::use_awaitable);
      std::string rest(mongo::Head(head).rest(), '\0');
      co_await asio::async_read(client, asio::buffer(rest),
                                asio::use_awaitable);
      const stand_in::Request request(mongo::Head(head), rest);
      const auto answer =
          co_await kitchen.answer(request.command);
      if (!request.wants_answer) continue;
      const std::string bytes = request.reply(number, answer);
      co_await asio::async_write(client, asio::buffer(bytes),
                                 asio::use_awaitable);
    }
  } catch (const mongo::Malformed&) {   // not this protocol
  } catch (const std::system_error&) {  // the client has left
  }
}

asio::awaitable<void> accept(stand_in::StandIn& kitchen,
                             tcp::acceptor& acceptor,
                             TaskGroup& clients) {
  for (;;) {
    tcp::socket client =
        co_await acceptor.async_accept(asio::use_awaitable);
    clients.start(serve(kitchen, std::move(client)));
  }
}

asio::awaitable<void> run(std::string log, unsigned short port) {
  using namespace asio::experimental::awaitable_operators;
  const auto executor = co_await asio::this_coro::executor;
  asio::signal_set signals(executor, SIGTERM, SIGINT);
  stand_in::StandIn kitchen(log);
  const auto loopback = asio::ip::address_v4::loopback();
  tcp::acceptor acceptor(executor, tcp::endpoint(loopback, port));
  fmt::print("127.0.0.1:{}\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  auto accept_all = [&](TaskGroup& clients) {
    return accept(kitchen, acceptor, clients);
  };
  co_await (with_task_group(accept_all) ||
            signals.async_wait(asio::use_awaitable));
}

unsigned short port_in(std::string_view text) {
  unsigned short port = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc() || read.ptr != end) {
    throw std::runtime_error("a port is a number up to 65535");
  }
  return port;
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    // Port 0: the system chooses one that is free.
    const auto port = port_in(argc > 1 ? argv[1] : "0");
    const std::string log = argc > 2 ? argv[2] : "";
    asio::io_context loop;
    asio::co_spawn(loop, run(log, port), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
