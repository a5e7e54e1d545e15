// The servers of lesson 22, and hostile clients.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "server_program.hpp"
#include "spawned_program.hpp"

using Socket = ServerProgram::Socket;

namespace {

const std::vector<std::string> servers{"22-echo-server/sync", "22-echo-server/async"};

std::string echo(Socket& socket, const std::string& text) {
  say(socket, text);
  return hear(socket, text.size());
}

// The reason that the server prints when a client leaves. Its lines before that are not read again.
std::string leaves(ServerProgram& server, int client) {
  const std::string begin = "Client " + std::to_string(client) + " leaves: ";
  std::string line;
  do {
    line = server.line();
  } while (!line.empty() && !line.starts_with(begin));
  return line.empty() ? "it does not" : line.substr(begin.size());
}

void reset(Socket& socket) {
  socket.set_option(asio::socket_base::linger(true, 0));
  socket.close();
}

}  // namespace

TEST_SUITE_BEGIN("echo");

TEST_CASE("the echo comes back, whole and in order") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, patient);
    Socket socket = server.connect();
    CHECK(echo(socket, "potatoes") == "potatoes");
    std::string much;
    while (much.size() < 3'000'000) much += std::to_string(much.size()) + " ";
    std::thread speaker([&] {
      asio::error_code error;
      asio::write(socket, asio::buffer(much), error);
      socket.shutdown(asio::socket_base::shutdown_send, error);
    });
    // The end of one direction does not end the other.
    CHECK((ServerProgram::rest_of(socket) == much));
    speaker.join();
    CHECK(leaves(server, 1) == "End of file");
  }
}

TEST_CASE("a client that says nothing, or does not listen, is sent away") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, {"0", "0.2"});
    Socket silent = server.connect();
    CHECK(ServerProgram::rest_of(silent).empty());
    CHECK(leaves(server, 1) == "Connection timed out");
    Socket half = server.connect();
    CHECK(echo(half, "to") == "to");
    CHECK(ServerProgram::rest_of(half).empty());
    CHECK(leaves(server, 2) == "Connection timed out");

    Socket deaf = server.connect();
    const std::string much(1 << 20, 'x');
    asio::error_code error;
    while (!error) asio::write(deaf, asio::buffer(much), error);
    CHECK(leaves(server, 3) == "Connection timed out");
    Socket next = server.connect();
    CHECK(echo(next, "still there") == "still there");
  }
}

TEST_CASE("a client that vanishes is gone, and nothing else is") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, patient);
    for (int client = 1; client <= 20; ++client) {
      Socket socket = server.connect();
      CHECK(echo(socket, "soup") == "soup");
      reset(socket);
      CHECK(leaves(server, client) == "Connection reset by peer");
    }
    Socket next = server.connect();
    CHECK(echo(next, "soup") == "soup");
  }
}

TEST_CASE("a thousand at the same time, and no more") {
  ServerProgram server(servers[1], {"0", "60"});
  std::vector<Socket> clients;
  for (int client = 0; client < 1000; ++client) clients.push_back(server.connect());
  for (int round = 0; round < 3; ++round) {
    for (Socket& client : clients) say(client, "potato");
    int heard = 0;
    for (Socket& client : clients) heard += hear(client, 6) == "potato";
    CHECK(heard == 1000);
  }
  Socket further = server.connect();
  CHECK(ServerProgram::rest_of(further).empty());
  reset(clients.back());
  CHECK(leaves(server, 1000) == "Connection reset by peer");
  Socket another = server.connect();
  CHECK(echo(another, "potato") == "potato");
}

TEST_CASE("without a descriptor left it waits for one") {
  ServerProgram server(servers[1], {"0", "60"});
  const rlimit few{20, 20};
  REQUIRE(prlimit(server.id(), RLIMIT_NOFILE, &few, nullptr) == 0);
  {
    std::vector<Socket> clients;
    for (int client = 0; client < 50; ++client) clients.push_back(server.connect());
    CHECK(echo(clients.front(), "here") == "here");
  }
  Socket next = server.connect();
  CHECK(echo(next, "soup") == "soup");
  next.close();
  CHECK(server.end(SIGTERM) == 0);
}

TEST_CASE("told to end it refuses new clients, and lets those who are there finish") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    for (const int signal : {SIGTERM, SIGINT}) {
      ServerProgram server(program, patient);
      Socket client = server.connect();
      CHECK(echo(client, "cake") == "cake");
      server.send(signal);
      for (asio::error_code error; !error;) {  // until the signal has arrived
        asio::io_context context;
        Socket late(context);
        late.connect(server.address(), error);
      }
      CHECK(echo(client, "wine") == "wine");
      client.close();
      CHECK(server.wait() == 0);
    }
    ServerProgram nobody_there(program, patient);
    CHECK(nobody_there.end(SIGTERM) == 0);
  }
}

TEST_CASE("told to end twice it does so at once") {
  std::vector<std::string> all = servers;
  std::vector<std::string> lessons{"23-web-api"};
  if (WITH_SHOP) lessons.emplace_back("28-order-pipeline");
  for (const std::string& lesson : lessons) {
    for (const std::string program : {"/sync", "/async"}) all.push_back(lesson + program);
  }
  for (const std::string& program : all) {
    CAPTURE(program);
    ServerProgram server(program, {"0", "60", "60"});
    Socket client = server.connect();
    // A request, which is answered, and the beginning of one. (An echo does not know the
    // difference.)
    say(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET");
    hear(client, 3);
    server.send(SIGTERM);
    for (asio::error_code error; !error;) {  // until the signal has arrived
      asio::io_context context;
      Socket late(context);
      late.connect(server.address(), error);
    }
    CHECK(server.end(SIGINT) == -SIGINT);
  }
}

TEST_CASE("told to end it does so, however much there is to say") {
  for (const std::string& program : servers) {
    CAPTURE(program);
    ServerProgram server(program, {"0", "60", "0.2"});
    Socket talker = server.connect();
    CHECK(echo(talker, "and") == "and");
    server.send(SIGTERM);
    asio::error_code error;
    std::array<char, 3> word;
    while (!error) {
      asio::write(talker, asio::buffer("and", 3), error);
      if (!error) asio::read(talker, asio::buffer(word), error);
    }
    CHECK(server.wait() == 0);

    ServerProgram waiting(program, {"0", "60", "0.2"});
    Socket silent = waiting.connect();
    CHECK(echo(silent, "and") == "and");
    CHECK(waiting.end(SIGTERM) == 0);
  }
}

TEST_CASE("a wrong call is a sentence") {
  for (const std::string& program : servers) {
    const std::string path = WORKBOOK_BUILD "/lessons/" + program;
    for (const char* port : {"", "x", "65536", "-1", "80 ", "+80"}) {
      const ProgramResult outcome = run_program({path, port});
      CHECK(outcome.status == 1);
      CHECK(outcome.errors == path + ": the port is not a number from 0 to 65535.\n");
    }
    for (const std::vector<std::string>& call : {std::vector<std::string>{path, "0", "soon"},
                                                 std::vector<std::string>{path, "0", "1", "0"}}) {
      const ProgramResult outcome = run_program(call);
      CHECK(outcome.status == 1);
      CHECK(outcome.errors ==
            fmt::format("{}: \"{}\" is not a positive number of seconds up to 3600.\n", path,
                        call.back()));
    }
    ServerProgram first(program, patient);
    const ProgramResult second = run_program({path, std::to_string(first.port())});
    CHECK(second.status == 1);
    CHECK(second.errors == path + ": bind: Address already in use.\n");
  }
}

TEST_SUITE_END();
