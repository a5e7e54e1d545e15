// A trap: 600 clients connect to a server on select, and stay.
// Each takes two descriptors, its own and the server's. Look at
// who is served. Built with -DASIO_DISABLE_EPOLL.
#include <fmt/core.h>
#include <sys/resource.h>

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend.hpp"

using asio::ip::tcp;

// What became of the clients on one side of descriptor 1024.
struct Side {
  int served = 0;
  int refused = 0;
  std::string why{};
};

asio::awaitable<void> serve_client(tcp::socket socket, Side& low,
                                   Side& high) {
  Side& side = socket.native_handle() < 1024 ? low : high;
  std::array<char, 1024> piece;
  asio::error_code end;
  for (;;) {
    const std::size_t size = co_await socket.async_read_some(
        asio::buffer(piece),
        asio::redirect_error(asio::use_awaitable, end));
    if (end) break;
    co_await asio::async_write(
        socket, asio::buffer(piece, size),
        asio::redirect_error(asio::use_awaitable, end));
    if (end) break;
    ++side.served;
  }
  if (end == asio::error::eof) co_return;
  ++side.refused;
  side.why = end.message();
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

// Often 1024 are allowed, and more only to those who ask.
bool may_open(rlim_t descriptors) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= descriptors) return true;
  limit.rlim_cur = descriptors;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

void print(std::string_view which, const Side& side) {
  fmt::print("{}: {}\n", which,
             side.refused == 0  ? "all are served"
             : side.served == 0 ? "none is served"
                                : "some are served");
  if (!side.why.empty()) fmt::print("  {}\n", side.why);
}

int main() {
  if (!may_open(1300)) {
    fmt::print(stderr,
               "No 1300 descriptors: the hard limit is lower.\n");
    return 0;
  }
  Side low, high;
  const auto done = [&] {
    return low.served + low.refused + high.served + high.refused;
  };

  asio::io_context loop;
  const auto loopback = asio::ip::address_v4::loopback();
  tcp::acceptor acceptor(loop, {loopback, 0});
  std::vector<tcp::socket> clients;
  for (int client = 1; client <= 600; ++client) {
    clients.emplace_back(loop).connect(acceptor.local_endpoint());
    auto task = serve_client(acceptor.accept(), low, high);
    asio::co_spawn(loop, std::move(task), rethrow);
    asio::write(clients.back(), asio::buffer("soup", 4));
    while (done() < client) loop.run_one();
  }
  fmt::print("{}\n", backend);
  print("Descriptors below 1024", low);
  print("Descriptors from 1024 on", high);
}
