// Like async.cpp, but more like a browser: certificates are
// checked, and redirects followed. Look at what is refused.
#include <fmt/core.h>
#include <openssl/ssl.h>

#include <array>
#include <asio.hpp>
#include <asio/ssl.hpp>
#include <cstddef>
#include <exception>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "request.hpp"
#include "response.hpp"
#include "time_limit.hpp"
#include "title.hpp"

using asio::ip::tcp;
namespace ssl = asio::ssl;

// The same words over either kind of stream.
template <typename Stream>
asio::awaitable<Response> ask(Stream& stream, const Url& url) {
  const std::string request = request_for(url);
  co_await asio::async_write(stream, asio::buffer(request),
                             asio::use_awaitable);
  ResponseParser parser;
  std::array<char, 16384> piece;
  while (!parser.done()) {
    asio::error_code error;
    const std::size_t size = co_await stream.async_read_some(
        asio::buffer(piece),
        asio::redirect_error(asio::use_awaitable, error));
    parser.take({piece.data(), size});
    if (error == asio::error::eof) parser.end();
    if (error && !parser.done()) throw std::system_error(error);
  }
  co_return parser.response();
}

// Both sides agree on keys, and the server shows a certificate:
// for this very host, and signed by an authority we trust.
asio::awaitable<void> shake_hands(
    ssl::stream<tcp::socket>& stream, const Url& url) {
  SSL* tls = stream.native_handle();
  asio::error_code error;
  asio::ip::make_address(url.host, error);
  const bool is_name = static_cast<bool>(error);
  if (is_name) SSL_set_tlsext_host_name(tls, url.host.c_str());
  SSL_set1_host(tls, url.host.c_str());
  co_await stream.async_handshake(
      ssl::stream_base::client,
      asio::redirect_error(asio::use_awaitable, error));
  const long verdict = SSL_get_verify_result(tls);
  if (error && verdict != X509_V_OK) {
    throw std::runtime_error(
        fmt::format("the certificate is not valid: {}",
                    X509_verify_cert_error_string(verdict)));
  }
  if (error) throw std::system_error(error);
}

asio::awaitable<Response> fetch(Url url) {
  auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  tcp::socket socket(executor);
  const auto addresses = co_await resolver.async_resolve(
      url.host, url.port, asio::use_awaitable);
  co_await asio::async_connect(socket, addresses,
                               asio::use_awaitable);
  if (url.scheme == "http") co_return co_await ask(socket, url);

  ssl::context trust(ssl::context::tls_client);
  trust.set_default_verify_paths();
  trust.set_verify_mode(ssl::verify_peer);
  ssl::stream<tcp::socket> stream(std::move(socket), trust);
  co_await shake_hands(stream, url);
  co_return co_await ask(stream, url);
}

// Where a redirect leads: to a URL, to another host, to a path
// from the root, or to one beside the page we came from.
Url follow(const Url& from, const std::string& location) {
  const std::string host = from.scheme + "://" + from.authority;
  const auto path = from.target.substr(0, from.target.find('?'));
  std::string to = location;
  const bool has_scheme =
      to.substr(0, to.find_first_of("/?#")).ends_with(':');
  if (to.starts_with("//")) {
    to = from.scheme + ":" + to;
  } else if (to.starts_with("/")) {
    to = host + to;
  } else if (to.starts_with("?")) {
    to = host + path + to;
  } else if (!has_scheme) {
    to = host + path.substr(0, path.rfind('/') + 1) + to;
  }
  const Url url = parse_url(to);
  if (from.scheme == "https" && url.scheme == "http") {
    throw std::runtime_error("it redirects from https to http");
  }
  return url;
}

asio::awaitable<void> show(Url url) {
  static const std::set<int> moved{301, 302, 303, 307, 308};
  Response response = co_await fetch(url);
  for (int redirects = 0; moved.contains(response.status);) {
    const std::string location = response.header("location");
    if (location.empty()) break;
    if (++redirects > 5) {
      throw std::runtime_error("there are more than 5 redirects");
    }
    url = follow(url, location);
    response = co_await fetch(url);
  }
  fmt::print("Status: {}\nSize: {} bytes\nTitle: {}\n",
             response.status, response.body.size(),
             title(response.body));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  if (argc < 2) {
    fmt::print(stderr, "Usage: {} URL [SECONDS]\n", argv[0]);
    return 2;
  }
  try {
    const auto limit = parse_seconds(argc > 2 ? argv[2] : "10");
    asio::io_context loop;
    asio::co_spawn(loop, show(parse_url(argv[1])), rethrow);
    loop.run_for(limit);
    if (!loop.stopped()) throw NoAnswer(limit);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], reason(error));
    return 1;
  }
}
