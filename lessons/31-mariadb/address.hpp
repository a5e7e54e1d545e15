// Where MariaDB is: MARIADB_URL in the environment, or else the
// argument. Look at the two kinds of address.
#pragma once

#include <fmt/core.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace maria {

// `socket`, the path of a Unix socket; or else host and port.
struct Address {
  std::string socket{};
  std::string host{};
  unsigned int port = 3306;
  std::string user = "workbook";
  std::string password{};
};

// In a URL "%40" stands for "@".
inline std::string decoded(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    unsigned char code = 0;
    const char* const digits = text.data() + 1;
    if (text.front() == '%' && text.size() > 2 &&
        std::from_chars(digits, digits + 2, code, 16).ptr ==
            digits + 2) {
      all += static_cast<char>(code);
      text.remove_prefix(3);
    } else {
      all += text.front();
      text.remove_prefix(1);
    }
  }
  return all;
}

// Removes the text before `place`, and the character there.
// Returns that text, or nothing if there is no such place.
inline std::string_view take(std::string_view& text,
                             std::size_t place) {
  if (place == text.npos) return {};
  const auto taken = text.substr(0, place);
  text.remove_prefix(place + 1);
  return taken;
}

// "/PATH/OF/A/SOCKET" or "mariadb://USER:PASSWORD@HOST:PORT". The
// name of a database may follow, and is not used: the kitchen has
// its own.
inline Address parse_address(const std::string& text) {
  Address address;
  if (text.starts_with('/')) {
    address.socket = text;
    return address;
  }
  const std::string_view scheme = "mariadb://";
  std::string_view rest = text;
  bool good = rest.starts_with(scheme);
  if (good) rest.remove_prefix(scheme.size());
  rest = rest.substr(0, rest.find('/', rest.rfind('@') + 1));
  std::string_view user = take(rest, rest.rfind('@'));
  if (!user.empty()) {
    const auto name = user.substr(0, user.find(':'));
    address.user = decoded(name);
    if (name.size() < user.size()) {
      address.password = decoded(user.substr(name.size() + 1));
    }
  }
  const auto colon = rest.rfind(':');
  if (colon != rest.npos && !rest.ends_with(']')) {
    const auto number = rest.substr(colon + 1);
    const char* const end = number.data() + number.size();
    const auto read =
        std::from_chars(number.data(), end, address.port);
    good = good && read.ec == std::errc() && read.ptr == end;
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) {
    rest = rest.substr(1, rest.size() - 2);  // without [ and ]
  }
  address.host = rest;
  if (!good || rest.empty()) {
    throw std::runtime_error(fmt::format(
        "\"{}\" is neither mariadb://USER:PASSWORD@HOST:PORT nor"
        " the path of a socket",
        text));
  }
  return address;
}

inline Address address_from(int argc, char* argv[]) {
  const char* url = std::getenv("MARIADB_URL");
  if (url != nullptr && *url != '\0') return parse_address(url);
  if (argc == 2) return parse_address(argv[1]);
  throw std::runtime_error(
      "give the address of a MariaDB server: "
      "mariadb://USER:PASSWORD@HOST:PORT, or the path of a "
      "socket");
}

}  // namespace maria
