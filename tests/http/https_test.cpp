// async_https of lesson 10: which certificates it accepts, and which redirects it follows.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <asio.hpp>
#include <asio/ssl.hpp>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "spawned_program.hpp"
#include "temporary_folder.hpp"
#include "test_server.hpp"

namespace ssl = asio::ssl;

namespace {

const std::string client = WORKBOOK_BUILD "/lessons/10-http-request/async_https";

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

Key new_key() {
  return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  REQUIRE(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// A certificate for `names` ("DNS:localhost"), or, without any, of an authority. It is valid for an
// hour from now on, or was until an hour ago. Without an issuer it is signed with its own key.
Certificate new_certificate(const Key& key, const std::string& names, bool expired = false,
                            const Certificate& issuer = nullptr, const Key& issuer_key = nullptr) {
  Certificate certificate(X509_new(), X509_free);
  X509* x509 = certificate.get();
  static long serial = 0;
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), -7200);
  X509_gmtime_adj(X509_getm_notAfter(x509), expired ? -3600 : 3600);
  X509_set_pubkey(x509, key.get());
  X509_NAME* subject = X509_get_subject_name(x509);
  const std::string name = fmt::format("test {}", serial);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x509, issuer ? X509_get_subject_name(issuer.get()) : subject);
  if (names.empty()) {
    add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    add_extension(x509, NID_subject_alt_name, names);
  }
  REQUIRE(X509_sign(x509, issuer_key ? issuer_key.get() : key.get(), EVP_sha256()) > 0);
  return certificate;
}

// An unknown authority, in a file that SSL_CERT_FILE can name.
class Authority {
 public:
  Authority() : key(new_key()), certificate(new_certificate(key, "")) {
    FILE* out = fopen(file().c_str(), "w");
    PEM_write_X509(out, certificate.get());
    fclose(out);
  }

  std::string file() const { return folder_.path() / "authority.pem"; }
  std::vector<std::string> trusted() const { return {"SSL_CERT_FILE=" + file()}; }

  const Key key;
  const Certificate certificate;

 private:
  workbook::TemporaryFolder folder_;
};

using Answer = std::function<std::string(const std::string& request)>;

std::string page(const std::string& title) {
  const std::string body = "<title>" + title + "</title>";
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

std::string redirect(const std::string& location) {
  return "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n";
}

// Speaks TLS with this certificate. The page's title is the name that the client asked for in TLS.
struct TlsServer {
  TlsServer(const Key& key, const Certificate& certificate, Answer answer = nullptr)
      : server([key, certificate, answer](TestServer::Socket& socket) {
          ssl::context context(ssl::context::tls_server);
          SSL_CTX_use_certificate(context.native_handle(), certificate.get());
          SSL_CTX_use_PrivateKey(context.native_handle(), key.get());
          ssl::stream<TestServer::Socket&> stream(socket, context);
          stream.handshake(ssl::stream_base::server);
          const std::string request = read_request(stream);
          const char* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name);
          const std::string text = answer ? answer(request) : page(name ? name : "no name");
          asio::write(stream, asio::buffer(text));
          asio::error_code error;
          stream.shutdown(error);
        }) {}
  std::string url(const std::string& host = "localhost") const {
    return "https://" + host + ":" + server.port() + "/";
  }

  TestServer server;
};

TestServer::Socket& answer_with(TestServer::Socket& socket, const Answer& answer) {
  asio::write(socket, asio::buffer(answer(read_request(socket))));
  return socket;
}

void check_refused(const ProgramResult& outcome, const std::string& url,
                   const std::string& sentence) {
  CHECK(outcome.status == 1);
  CHECK(outcome.output == "");
  CHECK(outcome.errors == url + ": " + sentence + ".\n");
}

std::string path_of(const std::string& request) {
  return request.substr(4, request.find(' ', 4) - 4);
}

}  // namespace

TEST_SUITE_BEGIN("https");

TEST_CASE("a certificate of the right host, signed by a trusted authority, is accepted") {
  const Authority authority;
  const Key key = new_key();
  const TlsServer server(key, new_certificate(key, "DNS:localhost,IP:127.0.0.1", false,
                                              authority.certificate, authority.key));
  // The client names the host it wants, so that a server of many hosts can choose; an address is
  // not a name.
  CHECK(run_program({client, server.url()}, authority.trusted()).output ==
        "Status: 200\nSize: 24 bytes\nTitle: localhost\n");
  CHECK(run_program({client, server.url("127.0.0.1")}, authority.trusted()).output ==
        "Status: 200\nSize: 22 bytes\nTitle: no name\n");
}

TEST_CASE("any other certificate is refused") {
  const Authority authority;
  const Key key = new_key();
  const auto check = [&](const Certificate& certificate, const std::string& host,
                         const std::vector<std::string>& trust, const std::string& why) {
    const TlsServer server(key, certificate);
    check_refused(run_program({client, server.url(host)}, trust), server.url(host),
                  "the certificate is not valid: " + why);
  };
  const auto signed_for = [&](const std::string& names, bool expired = false) {
    return new_certificate(key, names, expired, authority.certificate, authority.key);
  };
  const auto trusted = authority.trusted();
  check(signed_for("DNS:example.org"), "localhost", trusted, "hostname mismatch");
  check(signed_for("DNS:*.localhost"), "localhost", trusted, "hostname mismatch");
  check(signed_for("DNS:localhost"), "127.0.0.1", trusted, "IP address mismatch");
  check(signed_for("IP:127.0.0.2"), "127.0.0.1", trusted, "IP address mismatch");
  check(signed_for("DNS:localhost", true), "localhost", trusted, "certificate has expired");
  check(new_certificate(key, "DNS:localhost"), "localhost", trusted, "self-signed certificate");
  check(signed_for("DNS:localhost"), "localhost", {"SSL_CERT_FILE=/dev/null"},
        "unable to get local issuer certificate");
}

TEST_CASE("a server that breaks off, stalls or speaks no TLS is reported in a sentence") {
  const auto complaint = [](const TestServer& server, const std::string& seconds) {
    const std::string url = "https://127.0.0.1:" + server.port() + "/";
    const ProgramResult outcome = run_program({client, url, seconds});
    CHECK(outcome.status == 1);
    CHECK(outcome.output == "");
    CHECK(outcome.errors.starts_with(url + ": "));
    CHECK(outcome.errors.ends_with(".\n"));
    CHECK(outcome.errors.find('\n') == outcome.errors.size() - 1);
    return outcome.errors.substr(url.size() + 2);
  };
  CHECK(complaint(TestServer(wait_for_end<TestServer::Socket>), "0.3") ==
        "no answer within 0.3s.\n");
  complaint(TestServer([](TestServer::Socket& socket) {
              asio::write(socket, asio::buffer("HTTP/1.1 400 Bad Request\r\n\r\n", 28));
            }),
            "20");
  complaint(TestServer([](TestServer::Socket& socket) {
              char byte = 0;
              asio::read(socket, asio::buffer(&byte, 1));
            }),
            "20");
  complaint(TestServer([](TestServer::Socket&) {}), "20");
}

TEST_CASE("an answer that is cut is refused over TLS, too") {
  const Authority authority;
  const Key key = new_key();
  const auto certificate =
      new_certificate(key, "DNS:localhost", false, authority.certificate, authority.key);
  const TlsServer server(key, certificate, [](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<title>Ha";
  });
  check_refused(run_program({client, server.url()}, authority.trusted()), server.url(),
                "the connection was cut in mid-answer");
}

TEST_CASE("redirects are followed, five at most") {
  const Answer countdown = [](const std::string& request) {
    const int left = std::stoi(path_of(request).substr(1));
    return left == 0 ? page("There") : redirect(fmt::format("/{}", left - 1));
  };
  const TestServer server([&](TestServer::Socket& socket) { answer_with(socket, countdown); });
  CHECK(run_program({client, server.url() + "5"}).output ==
        "Status: 200\nSize: 20 bytes\nTitle: There\n");
  check_refused(run_program({client, server.url() + "6"}), server.url() + "6",
                "there are more than 5 redirects");
}

TEST_CASE("a redirect leads where it says") {
  std::string location;
  std::mutex location_mutex;  // the server answers on its own thread
  const Answer answer = [&](const std::string& request) {
    const std::string path = path_of(request);
    const std::lock_guard lock(location_mutex);
    return path == "/kitchen/start?a=b" ? redirect(location) : page(path);
  };
  const TestServer server([&](TestServer::Socket& socket) { answer_with(socket, answer); });
  const std::string start = server.url() + "kitchen/start?a=b";
  const auto led_to = [&](const std::string& to) {
    {
      const std::lock_guard lock(location_mutex);
      location = to;
    }
    const ProgramResult outcome = run_program({client, start});
    const std::size_t title = outcome.output.find("Title: ");
    if (title == std::string::npos) return outcome.errors;
    return outcome.output.substr(title + 7);
  };
  CHECK(led_to("/soup") == "/soup\n");
  CHECK(led_to("soup") == "/kitchen/soup\n");
  CHECK(led_to("?c=d") == "/kitchen/start?c=d\n");
  CHECK(led_to(server.url() + "there#part") == "/there\n");
  CHECK(led_to("//127.0.0.1:" + server.port() + "/there") == "/there\n");
  CHECK(led_to("/soup?to=http://example.org/") == "/soup?to=http://example.org/\n");
  CHECK(led_to("soup?to=http://example.org/") == "/kitchen/soup?to=http://example.org/\n");
  CHECK(led_to("ftp://127.0.0.1/") == start + ": it is not of the form http://HOST/PATH.\n");
  CHECK(led_to("/a b") == start + ": a space, control or non-ASCII character in the URL.\n");
}

TEST_CASE("a redirect may lead to https, but not back") {
  const Authority authority;
  const Key key = new_key();
  const auto certificate =
      new_certificate(key, "DNS:localhost", false, authority.certificate, authority.key);
  const TlsServer safe(key, certificate);
  const TestServer plain([&](TestServer::Socket& socket) {
    answer_with(socket, [&](const std::string&) { return redirect(safe.url()); });
  });
  CHECK(run_program({client, plain.url()}, authority.trusted()).output ==
        "Status: 200\nSize: 24 bytes\nTitle: localhost\n");
  const TlsServer back(key, certificate, [&](const std::string&) { return redirect(plain.url()); });
  check_refused(run_program({client, back.url()}, authority.trusted()), back.url(),
                "it redirects from https to http");
}

TEST_SUITE_END();
