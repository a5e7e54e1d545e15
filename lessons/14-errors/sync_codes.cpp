// Which baker answers the phone? If one does not, that is no
// surprise, so nothing is thrown. Look at the last arguments.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <cstddef>
#include <string_view>
#include <system_error>

using asio::ip::tcp;

struct Baker {
  std::string_view name;
  tcp::endpoint number;
};

bool order_cake(asio::io_context& loop, Baker baker) {
  tcp::socket phone(loop);
  asio::error_code error;
  phone.connect(baker.number, error);
  if (error == asio::error::connection_refused) {
    fmt::print("{} does not answer\n", baker.name);
    return false;
  }
  if (error) throw std::system_error(error);

  const std::string_view words = "A cake, please";
  const std::size_t sent =
      asio::write(phone, asio::buffer(words), error);
  fmt::print("{} took {} of {} bytes\n", baker.name, sent,
             words.size());
  return !error;
}

void order_somewhere(asio::io_context& loop,
                     std::array<Baker, 3> bakers) {
  for (const Baker& baker : bakers) {
    if (order_cake(loop, baker)) break;
  }
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
  order_somewhere(loop, bakers);
}
