// Where Redis is: REDIS_URL in the environment, or else the
// argument. Found before the loop runs, because this may block.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace redis {

using Address = asio::ip::tcp::endpoint;

// "redis://HOST:PORT" or "HOST:PORT".
inline Address parse_address(const std::string& text) {
  const std::string scheme = "redis://";
  const auto begin =
      text.starts_with(scheme) ? scheme.size() : std::size_t{0};
  const auto colon = text.rfind(':');
  unsigned short port = 0;
  const char* end = text.data() + text.size();
  if (colon == std::string::npos || colon <= begin ||
      std::from_chars(text.data() + colon + 1, end, port).ptr !=
          end ||
      port == 0 || text.find('@') != std::string::npos) {
    throw std::runtime_error(fmt::format(
        "\"{}\" is not redis://HOST:PORT (this lesson supports "
        "neither passwords nor database numbers)",
        text));
  }
  std::string host = text.substr(begin, colon - begin);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);  // IPv6 in brackets
  }
  asio::io_context loop;
  asio::ip::tcp::resolver resolver(loop);
  asio::error_code error;
  const auto found =
      resolver.resolve(host, std::to_string(port), error);
  if (error) {
    throw std::runtime_error(fmt::format("cannot look up {}: {}",
                                         host, error.message()));
  }
  return found.begin()->endpoint();
}

inline Address address_from(int argc, char* argv[]) {
  const char* url = std::getenv("REDIS_URL");
  if (url != nullptr && *url != '\0') return parse_address(url);
  if (argc == 2) return parse_address(argv[1]);
  throw std::runtime_error(
      "give the address of a Redis: HOST:PORT");
}

}  // namespace redis
