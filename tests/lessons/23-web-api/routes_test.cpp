// The routes and answers of lesson 23.
#include "../../../lessons/23-web-api/routes.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <regex>
#include <string>
#include <variant>

#include "../../../lessons/23-web-api/response.hpp"

using http::Request;
using http::Response;

namespace {

using Handler = std::function<Response(Request)>;

http::Routes<Handler> kitchen() {
  http::Routes<Handler> routes;
  routes.add("GET", "/menu", [](Request) { return http::json("\"menu\""); });
  routes.add("POST", "/menu", [](Request) { return http::json("\"thanks\""); });
  routes.add("POST", "/orders", [](Request) { return http::json("1", 201); });
  return routes;
}

Response answer(const std::string& method, const std::string& path) {
  Request request;
  request.method = method;
  request.path = path;
  const auto found = kitchen().find(request);
  if (const auto* none = std::get_if<Response>(&found)) return *none;
  return std::get<Handler>(found)(request);
}

}  // namespace

TEST_SUITE_BEGIN("23-web-api");

TEST_CASE("a path and a method lead to a function, or to the answer that says why not") {
  CHECK(answer("GET", "/menu").body == "\"menu\"");
  CHECK(answer("HEAD", "/menu").body == "\"menu\"");
  CHECK(answer("POST", "/menu").body == "\"thanks\"");
  CHECK(answer("POST", "/orders").status == 201);
  for (const char* path : {"/", "/menu/", "/Menu", "/menu2", "*", ""}) {
    CHECK(answer("GET", path).status == 404);
  }
  for (const char* method : {"PUT", "get", "DELETE", "OPTIONS"}) {
    const Response refusal = answer(method, "/menu");
    CHECK(refusal.status == 405);
    CHECK(refusal.headers.at("Allow") == "GET, HEAD, POST");
  }
  CHECK(answer("HEAD", "/orders").headers.at("Allow") == "POST");
}

TEST_CASE("the date of an answer is that of its second") {
  CHECK(http::date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http::date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http::date(784111778) == "Sun, 06 Nov 1994 08:49:38 GMT");
}

TEST_CASE("an answer as it is sent") {
  const auto without_date = [](const std::string& text) {
    static const std::regex date(
        "Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} "
        "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT\r\n");
    return std::regex_replace(text, date, "");
  };
  const Response two = http::json("22");
  CHECK(without_date(http::text_of(two, false, true)) ==
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n22");
  CHECK(without_date(http::text_of(two, true, false)) ==
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
        "Connection: close\r\n\r\n");
  CHECK(without_date(http::text_of({204, "", {}}, false, true)) ==
        "HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(without_date(http::text_of({299, "", {}}, false, true)) ==
        "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n");
  CHECK(http::problem(431, "too much").body == "{\"error\":\"too much\"}");
}

TEST_SUITE_END();
