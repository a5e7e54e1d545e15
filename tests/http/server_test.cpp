// The server of lessons 10 and 11, and clients that mean no good: it answers what it can, hangs up
// on the rest, and goes on.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asio.hpp>
#include <memory>
#include <string>
#include <vector>

#include "test_server.hpp"

using asio::ip::tcp;

namespace {

// The program, until the test is over.
class LessonServer {
 public:
  LessonServer() {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    std::string program = WORKBOOK_BUILD "/lessons/10-http-request/server";
    char* arguments[] = {program.data(), nullptr};
    const int failure = posix_spawn(&id_, program.c_str(), &files, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    REQUIRE(failure == 0);
    said_ = fdopen(ends[0], "r");
    const std::string address = line();
    REQUIRE(address.starts_with("127.0.0.1:"));
    port_ = static_cast<unsigned short>(std::stoi(address.substr(10)));
  }
  ~LessonServer() {
    if (id_ != 0) end(SIGKILL);
    fclose(said_);
  }
  LessonServer(const LessonServer&) = delete;
  LessonServer& operator=(const LessonServer&) = delete;

  // The next line that it prints.
  std::string line() {
    std::string text;
    for (int c; (c = getc(said_)) != EOF && c != '\n';) text += static_cast<char>(c);
    return text;
  }

  // Sends it a signal and returns its exit status, or minus the signal that ended it.
  int end(int signal) {
    kill(id_, signal);
    int how = 0;
    waitpid(id_, &how, 0);
    id_ = 0;
    return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
  }

  tcp::socket connect() {
    tcp::socket socket(context_);
    socket.connect({asio::ip::address_v4::loopback(), port_});
    return socket;
  }

  // All that it answers to this, until it hangs up.
  std::string answer_to(const std::string& request) {
    tcp::socket socket = connect();
    asio::error_code error;
    asio::write(socket, asio::buffer(request), error);
    std::string answer;
    asio::read(socket, asio::dynamic_buffer(answer), error);
    return answer;
  }

 private:
  asio::io_context context_;
  pid_t id_ = 0;
  FILE* said_ = nullptr;
  unsigned short port_ = 0;
};

std::string get(const std::string& path, const std::string& headers = "Connection: close\r\n") {
  return "GET " + path + " HTTP/1.1\r\n" + headers + "\r\n";
}

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("server");

TEST_CASE("what it is asked for it answers, and says so") {
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

TEST_CASE("what is no request is refused, and not repeated") {
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

TEST_CASE("it ends when it is told to, whatever it is doing") {
  for (const int signal : {SIGTERM, SIGINT}) {
    LessonServer server;
    tcp::socket waiting = server.connect();
    asio::write(waiting, asio::buffer(get("/late")));
    CHECK(server.line() == "GET /late");
    CHECK(server.end(signal) == 0);
  }
}

TEST_SUITE_END();
