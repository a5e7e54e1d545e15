// Where MongoDB is: MONGODB_URI in the environment, or else the
// argument. Found before the loop runs, because this may block.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mongo {

using Address = asio::ip::tcp::endpoint;

// Every document of this lesson is in this database.
inline constexpr const char* database = "workbook";

[[noreturn]] inline void wrong_address(std::string_view text) {
  throw std::runtime_error(fmt::format(
      "\"{}\" is not mongodb://HOST:PORT (this lesson supports "
      "one server, and no passwords)",
      text));
}

// "mongodb://HOST:PORT" or "HOST:PORT". A slash may follow, and
// the name of a database, which is not used.
inline Address parse_address(std::string_view text) {
  const std::string_view scheme = "mongodb://";
  std::string_view rest = text;
  if (rest.starts_with(scheme)) {
    rest.remove_prefix(scheme.size());
  }
  rest = rest.substr(0, rest.find_first_of("/?"));
  const auto colon = rest.rfind(':');
  const bool has_port =
      colon != rest.npos && !rest.ends_with(']');
  unsigned short port = 27017;
  if (has_port) {
    const char* const end = rest.data() + rest.size();
    const auto read =
        std::from_chars(rest.data() + colon + 1, end, port);
    if (read.ec != std::errc() || read.ptr != end) {
      wrong_address(text);
    }
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) {
    rest = rest.substr(1, rest.size() - 2);  // of IPv6
  }
  if (rest.empty() || port == 0 ||
      rest.find_first_of("@,+") != rest.npos) {
    wrong_address(text);
  }
  asio::io_context loop;
  asio::ip::tcp::resolver resolver(loop);
  asio::error_code error;
  const auto found =
      resolver.resolve(rest, std::to_string(port), error);
  if (error) {
    throw std::runtime_error(fmt::format("cannot look up {}: {}",
                                         rest, error.message()));
  }
  return found.begin()->endpoint();
}

inline Address address_from(int argc, char* argv[]) {
  const char* uri = std::getenv("MONGODB_URI");
  if (uri != nullptr && *uri != '\0') return parse_address(uri);
  if (argc == 2) return parse_address(argv[1]);
  throw std::runtime_error(
      "give the address of a MongoDB server: "
      "mongodb://HOST:PORT");
}

}  // namespace mongo
