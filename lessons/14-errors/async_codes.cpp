// Which baker answers the phone? If one does not, that is no
// surprise, so nothing is thrown. Look at the last arguments.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <exception>
#include <string_view>
#include <system_error>

#include "as_tuple.hpp"

using asio::ip::tcp;

struct Baker {
  std::string_view name;
  tcp::endpoint number;
};

asio::awaitable<bool> order_cake(Baker baker) {
  tcp::socket phone(co_await asio::this_coro::executor);
  asio::error_code error;
  co_await phone.async_connect(
      baker.number,
      asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::connection_refused) {
    fmt::print("{} does not answer\n", baker.name);
    co_return false;
  }
  if (error) throw std::system_error(error);

  const std::string_view words = "A cake, please";
  const auto [failed, sent] = co_await asio::async_write(
      phone, asio::buffer(words), as_tuple(asio::use_awaitable));
  fmt::print("{} took {} of {} bytes\n", baker.name, sent,
             words.size());
  co_return !failed;
}

asio::awaitable<void> order_somewhere(
    std::array<Baker, 3> bakers) {
  for (const Baker& baker : bakers) {
    if (co_await order_cake(baker)) break;
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  const auto loopback = asio::ip::address_v4::loopback();
  tcp::acceptor listening(loop, tcp::endpoint(loopback, 0));
  const std::array bakers{
      Baker{"Anna", {loopback, 1}},
      Baker{"Bruno", {loopback, 2}},
      Baker{"Clara", listening.local_endpoint()},
  };
  asio::co_spawn(loop, order_somewhere(bakers), rethrow);
  loop.run();
}
