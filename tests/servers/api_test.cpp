// The servers of lesson 23, and hostile clients: the right status, or a closed connection.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <asio.hpp>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server_program.hpp"

using Socket = ServerProgram::Socket;
using namespace std::chrono_literals;

namespace {

const std::string async_server = "23-web-api/async";
const std::vector<std::string> servers{"23-web-api/sync", async_server};

std::string get(const std::string& path, const std::string& headers = "Connection: close\r\n") {
  return "GET " + path + " HTTP/1.1\r\nHost: kitchen\r\n" + headers + "\r\n";
}

const std::string hello = "{\"message\":\"Hello World\"}";

// "200", or "" if there is no answer.
std::string status(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? answer.substr(9, 3) : answer;
}

void reset(Socket& socket) {
  socket.set_option(asio::socket_base::linger(true, 0));
  socket.close();
}

void half_close(Socket& socket) {
  socket.shutdown(asio::socket_base::shutdown_send);
}

bool serves(ServerProgram& server) {
  return server.answer_to(get("/")).ends_with(hello);
}

std::ptrdiff_t open_files(const ServerProgram& server) {
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(server.id()) + "/fd");
  return std::distance(begin(files), end(files));
}

}  // namespace

TEST_SUITE_BEGIN("api");

TEST_CASE("it answers requests") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, patient);
    const std::string answer = server.answer_to(get("/"));
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nDate: "));
    CHECK(answer.ends_with(
        "\r\nContent-Type: application/json\r\nContent-Length: 25\r\nConnection: close\r\n\r\n" +
        hello));
    const std::string head = server.answer_to("HEAD / HTTP/1.0\r\n\r\n");
    CHECK(head.ends_with("\r\nContent-Length: 25\r\nConnection: close\r\n\r\n"));
    CHECK(status(server.answer_to(get("/nowhere"))) == "404");
    const std::string post = server.answer_to(
        "POST /concurrent HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
    CHECK(status(post) == "405");
    CHECK(post.find("\r\nAllow: GET, HEAD\r\n") != std::string::npos);
  }
}

TEST_CASE("dishes are cooked at the same time, or one after the other") {
  for (const auto& [program, seconds] :
       std::vector<std::pair<std::string, std::string>>{{servers[0], "6"}, {servers[1], "3"}}) {
    ServerProgram server(program, patient);
    CHECK(
        server.answer_to(get("/concurrent"))
            .ends_with("{\"dishes\":[\"soup\",\"roast\",\"salad\"],\"seconds\":" + seconds + "}"));
  }
}

TEST_CASE("a connection is kept for further requests, also for such as do not wait") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, patient);
    CHECK(count(server.answer_to(get("/", "") + get("/", "") + get("/")), hello) == 3);
    CHECK(count(server.answer_to(get("/", "CONNECTION: Close\r\n") + get("/")), hello) == 1);
    CHECK(count(server.answer_to("GET / HTTP/1.0\r\nHost: a\r\n\r\n" + get("/")), hello) == 1);
    std::string many;
    for (int i = 0; i < 1000; ++i) many += get("/", "");
    CHECK(count(server.answer_to(many + get("/")), hello) == 1001);

    Socket kept = server.connect();
    std::size_t size = 0;
    for (int i = 0; i < 3; ++i) {
      say(kept, get("/", ""));
      if (size == 0) {
        std::string head;
        size = asio::read_until(kept, asio::dynamic_buffer(head), "\r\n\r\n") + hello.size();
        CHECK(head.find("Connection: close") == std::string::npos);
        hear(kept, size - head.size());
      } else {
        CHECK(hear(kept, size).ends_with(hello));
      }
    }
  }
}

TEST_CASE("a piece of a request at a time") {
  const std::string request = get("/nowhere", "") + get("/");
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, patient);
    Socket socket = server.connect();
    socket.set_option(asio::ip::tcp::no_delay(true));
    for (const char& byte : request) asio::write(socket, asio::buffer(&byte, 1));
    const std::string answers = ServerProgram::rest_of(socket);
    CHECK(status(answers) == "404");
    CHECK(answers.ends_with(hello));
  }
}

TEST_CASE("a text that is not a request gets its status, and a closed connection") {
  const std::vector<std::pair<std::string, std::string>> refused{
      {"400", "\x16\x03\x01\n"},
      {"400", "GET\r\n"},
      {"400", "GET / HTTP/1.1\n\n"},
      {"400", "GET / HTTP/1.1\r\n\r\n"},
      {"400", "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n"},
      {"400", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n folded\r\n"},
      {"400", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n"},
      {"411", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"413", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n"},
      {"414", "GET /" + std::string(9000, 'x')},
      {"431", "GET / HTTP/1.1\r\nX: " + std::string(9000, 'x')},
      {"501", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"},
      {"505", "GET / HTTP/2.0\r\n"},
  };
  for (const std::string& program : servers) {
    ServerProgram server(program, patient);
    for (const auto& [wanted, request] : refused) {
      CAPTURE(program);
      CAPTURE(request.substr(0, 60));
      Socket socket = server.connect();
      // Requests after it are never answered.
      say(socket, request + get("/"));
      half_close(socket);
      const std::string answer = ServerProgram::rest_of(socket);
      CHECK(status(answer) == wanted);
      CHECK(count(answer, "\r\nDate: ") == 1);
      CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
    }
    CHECK(serves(server));
  }
}

TEST_CASE("the status arrives although the client still sends") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, patient);
    Socket socket = server.connect();
    say(socket, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n");
    std::string flood;
    flood.resize(20'000'000, 'x');
    say(socket, flood);
    half_close(socket);
    CHECK(status(ServerProgram::rest_of(socket)) == "413");
  }
}

TEST_CASE("a client that wants the go-ahead before the body gets it") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, patient);
    Socket socket = server.connect();
    say(socket, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    CHECK(hear(socket, 25) == "HTTP/1.1 100 Continue\r\n\r\n");
    say(socket, "hi" + get("/"));
    const std::string rest = ServerProgram::rest_of(socket);
    CHECK(status(rest) == "405");
    CHECK(rest.ends_with(hello));
  }
}

TEST_CASE("a client that takes too long gets 408, and a silent one is disconnected") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, {"0", "0.3"});
    CHECK(server.answer_to("").empty());
    CHECK(server.answer_to("\r\n").empty());
    CHECK(status(server.answer_to("G")) == "408");
    CHECK(status(server.answer_to("GET / HTTP/1.1\r\nHost: a\r\n")) == "408");
    CHECK(status(server.answer_to("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nfour")) ==
          "408");
    // A client that was served before is disconnected without an answer.
    CHECK(count(server.answer_to(get("/", "")), "HTTP/1.1 ") == 1);

    // A byte now and then does not extend the time limit.
    Socket dripping = server.connect();
    const std::string slow = "GET /" + std::string(1000, 'x');
    asio::error_code error;
    for (std::size_t at = 0; at < slow.size() && dripping.available() == 0; ++at) {
      asio::write(dripping, asio::buffer(&slow[at], 1), error);
      std::this_thread::sleep_for(20ms);  // this is what is tested: the client's pace
    }
    half_close(dripping);
    CHECK(status(ServerProgram::rest_of(dripping)) == "408");
    CHECK(serves(server));
  }
}

TEST_CASE("a client that does not read the answers is disconnected") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, {"0", "0.3"});
    std::string many;
    while (many.size() < 1'000'000) many += get("/", "");
    Socket deaf = server.connect();
    asio::error_code error;
    while (!error) asio::write(deaf, asio::buffer(many), error);
    CHECK(serves(server));
  }
}

TEST_CASE("a client that has ended its half still gets its answer") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, patient);
    const auto answer_to_half = [&](const std::string& request) {
      Socket socket = server.connect();
      say(socket, request);
      half_close(socket);
      return ServerProgram::rest_of(socket);
    };
    CHECK(answer_to_half("").empty());
    CHECK(answer_to_half(get("/")).ends_with(hello));
    CHECK(count(answer_to_half(get("/", "") + get("/", "")), hello) == 2);
    CHECK(status(answer_to_half("GET / HTTP/1.1\r\n")) == "400");
    CHECK(status(answer_to_half("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nfour")) ==
          "400");
  }
}

TEST_CASE("clients that vanish leave nothing behind") {
  ServerProgram server(async_server, patient);
  CHECK(serves(server));
  const auto before = open_files(server);
  for (int client = 0; client < 200; ++client) {
    Socket socket = server.connect();
    const std::string request = get("/", "");
    const std::string part = request.substr(0, client % (request.size() + 1));
    asio::error_code error;
    asio::write(socket, asio::buffer(part), error);
    reset(socket);
  }
  for (int client = 0; client < 50; ++client) {
    Socket socket = server.connect();
    say(socket, get("/concurrent"));
    CHECK(server.line() == "Start soup");
    CHECK(server.line() == "Start roast");
    CHECK(server.line() == "Start salad");
    reset(socket);
  }
  // Meals whose client has gone are still cooked.
  for (int line = 0; line < 3 * 50; ++line) CHECK(server.line().starts_with("End "));
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (open_files(server) > before && std::chrono::steady_clock::now() < deadline) serves(server);
  CHECK(open_files(server) <= before);
  CHECK(server.end(SIGTERM) == 0);
}

TEST_CASE("a blocking server survives vanishing clients, too") {
  ServerProgram server(servers[0], patient);
  for (int client = 0; client < 50; ++client) {
    Socket socket = server.connect();
    say(socket, get("/").substr(0, client));
    reset(socket);
  }
  CHECK(serves(server));
  CHECK(server.end(SIGTERM) == 0);
}

TEST_CASE("a thousand at the same time, and no more") {
  ServerProgram server(async_server, {"0", "60"});
  std::vector<Socket> clients;
  for (int client = 0; client < 1000; ++client) clients.push_back(server.connect());
  for (Socket& client : clients) say(client, get("/", ""));
  CHECK(server.answer_to("").empty());  // refused at once
  for (Socket& client : clients) say(client, get("/concurrent"));
  for (int line = 0; line < 6 * 1000; ++line) server.line();
  int good = 0;
  for (Socket& client : clients) {
    const std::string answers = ServerProgram::rest_of(client);
    good += count(answers, hello) == 1 && count(answers, "\"seconds\":") == 1;
  }
  CHECK(good == 1000);
}

TEST_CASE("without a descriptor left it waits for one") {
  ServerProgram server(async_server, {"0", "0.5"});
  const rlimit few{20, 20};
  REQUIRE(prlimit(server.id(), RLIMIT_NOFILE, &few, nullptr) == 0);
  std::vector<Socket> clients;
  for (int client = 0; client < 50; ++client) clients.push_back(server.connect());
  for (Socket& client : clients) CHECK(ServerProgram::rest_of(client).empty());
  CHECK(serves(server));
  CHECK(server.end(SIGTERM) == 0);
}

TEST_CASE("told to end it answers what it was asked, and nothing after that") {
  ServerProgram server(async_server, patient);
  Socket idle = server.connect();
  say(idle, get("/nowhere", ""));
  std::string head;
  asio::read_until(idle, asio::dynamic_buffer(head), "path\"}");
  Socket half = server.connect();
  say(half, "GET / HTTP/1.1\r\n");
  Socket busy = server.connect();
  say(busy, get("/concurrent", "") + get("/", ""));
  for (int line = 0; line < 3; ++line) CHECK(server.line().starts_with("Start "));
  server.send(SIGTERM);
  CHECK(ServerProgram::rest_of(idle).empty());  // at once: it waits for nothing
  asio::io_context context;
  Socket late(context);
  asio::error_code error;
  late.connect(server.address(), error);
  CHECK(error == asio::error::connection_refused);
  say(half, "Host: kitchen\r\n\r\n");
  const std::string rest = ServerProgram::rest_of(half);
  CHECK(rest.ends_with(hello));
  CHECK(rest.find("\r\nConnection: close\r\n") != std::string::npos);
  const std::string meal = ServerProgram::rest_of(busy);
  CHECK(meal.find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(meal.ends_with("\"seconds\":3}"));
  idle.close();
  half.close();
  busy.close();
  CHECK(server.wait() == 0);
}

TEST_CASE("told to end, a blocking server serves the one who is there") {
  ServerProgram server(servers[0], patient);
  Socket busy = server.connect();
  say(busy, get("/concurrent", "") + get("/", ""));
  CHECK(server.line() == "Start soup");
  server.send(SIGTERM);
  const std::string meal = ServerProgram::rest_of(busy);
  busy.close();
  CHECK(server.wait() == 0);
  CHECK(count(meal, "HTTP/1.1 200 OK") >= 1);
}

TEST_CASE("told to end it does so, whatever takes longer") {
  ServerProgram server(async_server, {"0", "60", "0.2"});
  Socket busy = server.connect();
  say(busy, get("/concurrent"));
  for (int line = 0; line < 3; ++line) CHECK(server.line().starts_with("Start "));
  CHECK(server.end(SIGTERM) == 0);
  CHECK(ServerProgram::rest_of(busy).empty());
}

TEST_SUITE_END();
