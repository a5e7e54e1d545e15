// The lines in front of a request's body. Look at how much is
// refused: where two programs read a line differently, an
// attacker can tell one what the other does not see.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "request.hpp"
#include "words.hpp"

namespace http {

// "/menu?day=friday", or all of "http://kitchen/menu".
inline void read_target(std::string_view target,
                        Request& request) {
  const bool odd = std::any_of(
      target.begin(), target.end(), [](unsigned char c) {
        return c <= ' ' || c >= 127 || c == '#';
      });
  if (odd) {
    throw Refusal(
        400, "a #, control or non-ASCII character in the path");
  }
  constexpr std::string_view scheme = "http://";
  if (lower_case(std::string(target.substr(0, scheme.size()))) ==
      scheme) {
    target.remove_prefix(scheme.size());
    target.remove_prefix(
        std::min(target.find_first_of("/?"), target.size()));
    request.path = target.starts_with('/') ? "" : "/";
  }
  request.path += next_part(target, '?');
  request.query = target;
  const bool asks_all =  // about the server, not a path
      request.method == "OPTIONS" && request.path == "*";
  if (!request.path.starts_with('/') && !asks_all) {
    throw Refusal(400, "the request target is not a path");
  }
}

// "GET /menu HTTP/1.1"
inline void read_request_line(std::string_view line,
                              Request& request) {
  request.method = next_part(line, ' ');
  const std::string_view target = next_part(line, ' ');
  if (!is_word(request.method)) {
    throw Refusal(400, "the method is not a token");
  }
  const bool is_http =
      line.size() == 8 && line.starts_with("HTTP/") &&
      line[5] >= '0' && line[5] <= '9' && line[6] == '.' &&
      line[7] >= '0' && line[7] <= '9';
  if (!is_http) {
    throw Refusal(400,
                  "the first line is not METHOD PATH HTTP/1.1");
  }
  if (line[5] != '1') {
    throw Refusal(505,
                  "only HTTP/1.0 and HTTP/1.1 are supported");
  }
  request.keeps_open = line[7] != '0';
  read_target(target, request);
}

// "Content-Type: text/html". The same name twice is a list, but
// two lengths or two hosts would contradict each other.
inline void read_header(std::string_view line, Request& request) {
  constexpr std::size_t most = 100;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos ||
      !is_word(line.substr(0, colon))) {
    throw Refusal(400, "a line of the head is not a header");
  }
  const auto name =
      lower_case(std::string(line.substr(0, colon)));
  const auto value = trimmed(line.substr(colon + 1));
  const auto [header, is_new] =
      request.headers.try_emplace(name, value);
  if (!is_new && (name == "content-length" || name == "host")) {
    throw Refusal(400, "Host or Content-Length occurs twice");
  }
  if (!is_new) header->second.append(", ").append(value);
  if (request.headers.size() > most) {
    throw Refusal(431, "there are more than 100 headers");
  }
}

}  // namespace http
