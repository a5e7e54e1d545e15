// The server of lessons 10 and 11, and hostile clients: it answers what it can, hangs up on the
// rest, and goes on.
#include <doctest/doctest.h>
#include <signal.h>

#include <asio.hpp>
#include <string>
#include <vector>

#include "server_program.hpp"
#include "test_server.hpp"

using asio::ip::tcp;

namespace {

struct LessonServer : ServerProgram {
  LessonServer() : ServerProgram("10-http-request/server") {}
};

std::string get(const std::string& path, const std::string& headers = "Connection: close\r\n") {
  return "GET " + path + " HTTP/1.1\r\n" + headers + "\r\n";
}

}  // namespace

TEST_SUITE_BEGIN("server");

TEST_CASE("it answers requests, and says so") {
  LessonServer server;
  CHECK(server.answer_to(get("/potatoes")).find("<title>Fourteen potatoes</title>") !=
        std::string::npos);
  CHECK(server.line() == "GET /potatoes");
  CHECK(server.line() == "200 /potatoes");
  CHECK(server.answer_to(get("/nowhere")).starts_with("HTTP/1.1 404 Not Found\r\n"));
  CHECK(server.line() == "GET /nowhere");
  CHECK(server.line() == "404 /nowhere");
  CHECK(server.answer_to(get("/moved")).find("\r\nLocation: /potatoes\r\n") != std::string::npos);
  CHECK(server.line() == "GET /moved");
  CHECK(server.line() == "302 /moved");
  const std::string cut = server.answer_to(get("/cut"));
  CHECK(cut.ends_with("<title>Ha"));
  CHECK(server.line() == "GET /cut");
  CHECK(server.line() == "cut /cut");
}

TEST_CASE("a connection is kept for further requests, unless the client wants none") {
  LessonServer server;
  CHECK(count(server.answer_to(get("/", "") + get("/", "") + get("/")), "<title>Menu") == 3);
  CHECK(count(server.answer_to(get("/", "") + get("/plain", "")), "HTTP/1.1 200") == 2);
  CHECK(count(server.answer_to(get("/", "CONNECTION: Close\r\n") + get("/")), "Menu") == 1);
  CHECK(count(server.answer_to("GET / HTTP/1.0\r\n\r\n" + get("/")), "Menu") == 1);
}

TEST_CASE("a text that is not a request is refused, and not repeated") {
  LessonServer server;
  using namespace std::string_literals;
  for (const std::string& request :
       {"\r\n\r\n"s, "GET\r\n\r\n"s, "GET /\r\n\r\n"s, "GET / FTP/1.1\r\n\r\n"s,
        "GET http://a/ HTTP/1.1\r\n\r\n"s, "GET /\x1b[2J HTTP/1.1\r\n\r\n"s,
        "\x01\x02 / HTTP/1.1\r\n\r\n"s, "GET /\xff HTTP/1.1\r\n\r\n"s, std::string(8192, 'x'),
        "GET / HTTP/1.1\r\nX: "s + std::string(8192, 'x')}) {
    CAPTURE(request.substr(0, 40));
    CHECK(server.answer_to(request).starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(server.line() == "? ?");
    CHECK(server.line() == "400 ?");
  }
  const std::string post = server.answer_to("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi");
  CHECK(post.starts_with("HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\n"));
  CHECK(server.line() == "POST /");
  CHECK(server.line() == "405 /");
}

TEST_CASE("a client that hangs up, or says nothing, is let go") {
  LessonServer server;
  {
    tcp::socket impatient = server.connect();
    asio::write(impatient, asio::buffer(get("/late")));
    CHECK(server.line() == "GET /late");
  }
  CHECK(server.line() == "gone /late");
  {
    tcp::socket rude = server.connect();
    asio::write(rude, asio::buffer(get("/late")));
    CHECK(server.line() == "GET /late");
    rude.set_option(asio::socket_base::linger(true, 0));
    rude.close();
  }
  CHECK(server.line() == "gone /late");

  std::vector<tcp::socket> silent;
  for (int client = 0; client < 200; ++client) silent.push_back(server.connect());
  for (int client = 0; client < 200; client += 2) {
    asio::write(silent[client], asio::buffer("GET /", 5));
  }
  CHECK(server.answer_to(get("/")).find("Menu") != std::string::npos);
  for (tcp::socket& socket : silent) wait_for_end(socket);
  CHECK(server.answer_to(get("/")).find("Menu") != std::string::npos);
}

TEST_CASE("it ends at a signal, whatever it is doing") {
  for (const int signal : {SIGTERM, SIGINT}) {
    LessonServer server;
    tcp::socket waiting = server.connect();
    asio::write(waiting, asio::buffer(get("/late")));
    CHECK(server.line() == "GET /late");
    CHECK(server.end(signal) == 0);
  }
}

TEST_SUITE_END();
