// URLs and titles, as lesson 10 understands them.
#include "../../../lessons/10-http-request/request.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <exception>
#include <string>

#include "../../../lessons/10-http-request/time_limit.hpp"
#include "../../../lessons/10-http-request/title.hpp"

namespace {

std::string parts(const std::string& text) {
  try {
    const Url url = parse_url(text);
    return fmt::format("{} {} {} {} {}", url.scheme, url.authority, url.host, url.port, url.target);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

TEST_SUITE_BEGIN("10-http-request");

TEST_CASE("a URL is taken apart") {
  CHECK(parts("http://example.org") == "http example.org example.org 80 /");
  CHECK(parts("https://example.org/a#b") == "https example.org example.org 443 /a");
  CHECK(parts("http://localhost:8080/a?b=c") == "http localhost:8080 localhost 8080 /a?b=c");
  CHECK(parts("http://example.org?b=/c") == "http example.org example.org 80 /?b=/c");
  CHECK(parts("http://[::1]:8080/") == "http [::1]:8080 ::1 8080 /");
  CHECK(parts("http://[::1]") == "http [::1] ::1 80 /");
  CHECK(parts("http://example.org/#a://b") == "http example.org example.org 80 /");
  for (const char* text : {"", "example.org", "/potatoes", "ftp://example.org", "HTTP//x"}) {
    CAPTURE(text);
    CHECK(parts(text) == "it is not of the form http://HOST/PATH");
  }
  for (const char* text : {"http://", "http:///a", "http://:80/", "http://#a", "http://["}) {
    CAPTURE(text);
    CHECK(parts(text) == "it has no host");
  }
  for (const char* text :
       {"http://a/b c", "http://a/\r\nX: y", "http://a/\xc3\xa4", "http://a/\x1b"}) {
    CHECK(parts(text) == "a space, control or non-ASCII character in the URL");
  }
}

TEST_CASE("a request ends where it should") {
  const std::string request = request_for(parse_url("http://localhost:8080/a?b"));
  CHECK(request.starts_with("GET /a?b HTTP/1.1\r\nHost: localhost:8080\r\n"));
  CHECK(request.find("\r\n\r\n") == request.size() - 4);
  CHECK_THROWS_WITH(parse_http_url("https://a/"), "only async_https speaks https");
}

TEST_CASE("a time limit is a number of seconds") {
  CHECK(parse_seconds("10") == milliseconds(10000));
  CHECK(parse_seconds("0.25") == milliseconds(250));
  for (const char* text : {"", "ten", "10s", "0", "-1", "3601", "nan", "inf", "1e99"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH(
        parse_seconds(text),
        fmt::format("\"{}\" is not a positive number of seconds up to 3600", text).c_str());
  }
  CHECK(NoAnswer(milliseconds(1500)).what() == std::string("no answer within 1.5s"));
  CHECK(NoAnswer(milliseconds(20)).what() == std::string("no answer within 0.020s"));
}

TEST_CASE("a title is found") {
  CHECK(title("<html><title>Soup</title>") == "Soup");
  CHECK(title("<TITLE lang=en>\n  Pea\t soup\r\n</Title >") == "Pea soup");
  CHECK(title("<title>Fish &amp; &lt;chips&gt; &amp;lt; &#39;&quot;</title>") ==
        "Fish & <chips> &lt; '\"");
  CHECK(title("<title>\x1b[2J\x07soup\x7f</title>") == "[2J soup");
  CHECK(title("<title>a\xc2\x9b\x31z\xc2\xa0\xc2</title>") == "a 1z\xc2\xa0\xc2");
  for (const char* page : {"", "soup", "<title", "<title>", "<title>soup", "</title>",
                           "</title><title>", "<title</title>", "<title> </title>"}) {
    CAPTURE(page);
    CHECK(title(page) == "Missing");
  }
}

TEST_SUITE_END();
