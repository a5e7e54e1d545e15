// What is requested, from which server, and in what words.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>

// https://example.org:8443/bread?sort=price
struct Url {
  std::string scheme;     // https
  std::string authority;  // example.org:8443
  std::string host;       // example.org
  std::string port;       // 8443
  std::string target;     // /bread?sort=price
};

inline Url parse_url(const std::string& text) {
  // A line break in the URL would end a line of our request, too.
  const bool odd = std::any_of(
      text.begin(), text.end(),
      [](unsigned char c) { return c <= ' ' || c >= 127; });
  if (odd) {
    throw std::runtime_error(
        "a space, control or non-ASCII character in the URL");
  }

  Url url;
  const std::size_t begin = text.find("://");
  url.scheme = text.substr(0, begin);
  if (begin == std::string::npos ||
      (url.scheme != "http" && url.scheme != "https")) {
    throw std::runtime_error(
        "it is not of the form http://HOST/PATH");
  }
  std::string rest = text.substr(0, text.find('#'));
  rest.erase(0, begin + 3);
  const std::size_t slash =
      std::min(rest.find_first_of("/?"), rest.size());
  url.authority = rest.substr(0, slash);
  url.target = rest.substr(slash);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");

  // In "[::1]:80" the port comes after the bracket.
  const bool bracket = url.authority.starts_with('[');
  const std::size_t colon = url.authority.find(
      ':', bracket ? url.authority.find(']') : 0);
  url.host = url.authority.substr(0, colon);
  if (bracket) url.host = url.host.substr(1, url.host.size() - 2);
  url.port = url.scheme == "https" ? "443" : "80";
  if (colon != std::string::npos) {
    url.port = url.authority.substr(colon + 1);
  }
  if (url.host.empty())
    throw std::runtime_error("it has no host");
  return url;
}

// For programs that do not speak TLS.
inline Url parse_http_url(const std::string& text) {
  Url url = parse_url(text);
  if (url.scheme == "http") return url;
  throw std::runtime_error("only async_https speaks https");
}

// "close": we ask once, and then the server is to hang up.
// "identity": no compression.
inline std::string request_for(const Url& url,
                               const char* connection = "close") {
  return fmt::format(
      "GET {} HTTP/1.1\r\n"
      "Host: {}\r\n"
      "Connection: {}\r\n"
      "Accept-Encoding: identity\r\n"
      "User-Agent: workbook\r\n"
      "\r\n",
      url.target, url.authority, connection);
}

// Why there is no answer. Asio's blocking calls put their own
// name in front of the reason; the awaited ones do not.
inline std::string reason(const std::exception& error) {
  const auto* code =
      dynamic_cast<const std::system_error*>(&error);
  return code ? code->code().message() : error.what();
}
