// Hostile servers, and the programs of lessons 10 and 11: each time one sentence and an exit
// status, never a crash, never a wait without end.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "spawned_program.hpp"
#include "temporary_folder.hpp"
#include "test_server.hpp"

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

const fs::path lessons = fs::path(WORKBOOK_BUILD) / "lessons";

// The clients of lesson 10; async_https is there if OpenSSL is.
std::vector<std::string> clients() {
  std::vector<std::string> found;
  for (const char* name : {"sync", "async", "async_https", "async_until_closed"}) {
    const fs::path program = lessons / "10-http-request" / name;
    if (fs::exists(program)) found.push_back(program);
  }
  REQUIRE(found.size() >= 3);
  return found;
}

using Treatment = std::function<void(TestServer::Socket&)>;

// Sends this text and hangs up.
Treatment sends(std::string text) {
  return [text = std::move(text)](TestServer::Socket& socket) {
    read_request(socket);
    asio::write(socket, asio::buffer(text));
  };
}

// Sends one text, then the other repeatedly, until the client takes no more.
Treatment sends_for_ever(std::string first, std::string again) {
  std::string much;
  while (much.size() < 100'000) much += again;
  return [first = std::move(first), much](TestServer::Socket& socket) {
    read_request(socket);
    asio::write(socket, asio::buffer(first));
    for (;;) asio::write(socket, asio::buffer(much));
  };
}

// Checks what a client says to its user about such a server, in a sentence after the URL.
void check_sentence(const Treatment& treatment, const std::string& sentence,
                    const std::string& seconds = "20") {
  const TestServer server(treatment);
  for (const std::string& client : clients()) {
    CAPTURE(client);
    const ProgramResult outcome = run_program({client, server.url(), seconds});
    CHECK(outcome.status == 1);
    CHECK(outcome.output == "");
    CHECK(outcome.errors == fmt::format("{}: {}.\n", server.url(), sentence));
  }
}

const std::string cut = "the connection was cut in mid-answer";
const std::string too_large = "the page is larger than 16 MB";
const std::string long_head = "the head of the answer is longer than 64 kB";
const std::string no_number = "a length in the answer is not a number";
const std::string ok = "HTTP/1.1 200 OK\r\n";

}  // namespace

TEST_SUITE_BEGIN("hostile");

TEST_CASE("garbage") {
  check_sentence(sends("SSH-2.0-OpenSSH_9.2p1\r\n"), "the answer is not HTTP/1.x");
  check_sentence(sends(std::string("\0\xff\x80\n\n\n", 6)),
                 "a control character in a line of the answer");
  check_sentence(sends(ok + "\x1b[2J: \x1b[31mred\r\n\r\n"),
                 "a control character in a line of the answer");
}

TEST_CASE("wrong lengths") {
  check_sentence(sends(ok + "Content-Length: 10\r\n\r\nshort"), cut);
  check_sentence(sends(ok + "Content-Length: -1\r\n\r\nshort"), no_number);
  check_sentence(sends(ok + "Content-Length: 99999999999999999999\r\n\r\n"), too_large);
  check_sentence(sends(ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nshorter\r\n"),
                 "a chunk is longer than its size says");
  check_sentence(sends(ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffe\r\nx"), too_large);
  check_sentence(sends(ok + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"),
                 "the page is compressed, despite our request");
}

TEST_CASE("an answer cut at every offset") {
  const std::string answer = ok + "Content-Length: 6\r\n\r\nturnip";
  for (std::size_t size = 0; size < answer.size(); ++size) {
    CAPTURE(size);
    check_sentence(sends(answer.substr(0, size)), cut);
  }
  const TestServer server(sends(answer));
  for (const std::string& client : clients()) {
    CHECK(run_program({client, server.url()}).output ==
          "Status: 200\nSize: 6 bytes\nTitle: Missing\n");
  }
}

TEST_CASE("a connection that is reset") {
  // Which of these the client sees first depends on the timing.
  const TestServer server([](TestServer::Socket& socket) {
    socket.set_option(asio::socket_base::linger(true, 0));
    socket.close();
  });
  for (const std::string& client : clients()) {
    const ProgramResult outcome = run_program({client, server.url(), "20"});
    CHECK(outcome.status == 1);
    const bool known = outcome.errors == server.url() + ": Connection reset by peer.\n" ||
                       outcome.errors == server.url() + ": Broken pipe.\n";
    CHECK_MESSAGE(known, outcome.errors);
  }
}

TEST_CASE("a server that never speaks") {
  check_sentence(wait_for_end<TestServer::Socket>, "no answer within 0.3s", "0.3");
}

TEST_CASE("a byte now and then") {
  const Treatment drips = [](TestServer::Socket& socket) {
    read_request(socket);
    std::string answer = ok + "Content-Length: 1000\r\n\r\n";
    for (std::size_t at = 0;; ++at) {
      asio::write(socket, asio::buffer(at < answer.size() ? answer.substr(at, 1) : "x"));
      std::this_thread::sleep_for(20ms);  // this is what is tested: the server's pace
    }
  };
  check_sentence(drips, "no answer within 0.5s", "0.5");
}

TEST_CASE("no server listens") {
  std::string url;
  {
    const TestServer gone([](TestServer::Socket&) {});
    url = gone.url();
  }
  for (const std::string& client : clients()) {
    const ProgramResult outcome = run_program({client, url});
    CHECK(outcome.status == 1);
    CHECK(outcome.errors == url + ": Connection refused.\n");
  }
}

// async_until_closed reads first and judges afterwards, so it has no special message here.
TEST_CASE("an answer without end") {
  const std::vector<std::pair<Treatment, std::string>> endless{
      {sends_for_ever("", "no line end"), long_head},
      {sends_for_ever(ok, "X: y\r\n"), long_head},
      {sends_for_ever("", "HTTP/1.1 100 Continue\r\n\r\n"), long_head},
      {sends_for_ever(ok + "\r\n", "more"), too_large},
      {sends_for_ever(ok + "Transfer-Encoding: chunked\r\n\r\n",
                      "400\r\n" + std::string(1024, 'x') + "\r\n"),
       too_large},
      {sends_for_ever(ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n"), long_head},
  };
  for (const auto& [treatment, sentence] : endless) {
    const TestServer server(treatment);
    for (const std::string& client : clients()) {
      if (client.ends_with("until_closed")) continue;
      CAPTURE(client);
      const ProgramResult outcome = run_program({client, server.url(), "20"});
      CHECK(outcome.status == 1);
      CHECK(outcome.errors == fmt::format("{}: {}.\n", server.url(), sentence));
    }
  }
}

TEST_CASE("a list with such servers: each is a line, and spoils nothing") {
  std::vector<std::unique_ptr<TestServer>> servers;
  const workbook::TemporaryFolder temporary;
  const fs::path& folder = temporary.path();
  std::ofstream list(folder / "pages.txt");
  std::string expected;
  const auto add = [&](const Treatment& treatment, const std::string& title) {
    servers.push_back(std::make_unique<TestServer>(treatment));
    list << servers.back()->url() << '\n';
    expected += fmt::format("{}: {}\n", servers.back()->url(), title);
  };
  add(sends(ok + "\r\n<title>First</title>"), "First");
  add(sends("garbage\r\n"), "the answer is not HTTP/1.x");
  add(sends(ok + "Content-Length: 10\r\n\r\nshort"), cut);
  add(sends_for_ever("", "no line end"), long_head);
  add(wait_for_end<TestServer::Socket>, "no answer within 1.0s");
  add(sends(ok + "Content-Type: text/html; charset=latin1\r\n\r\n<title>\x1b[2J\xff</title>"),
      "[2Jÿ");
  add(sends(ok + "\r\n<title>\x1b[2J\xff</title>"), "in an unknown charset");
  list << "https://127.0.0.1/\nnonsense\n";
  expected += "https://127.0.0.1/: only async_https speaks https\n";
  expected += "nonsense: it is not of the form http://HOST/PATH\n";
  add(sends(ok + "\r\n<title>Last</title>"), "Last");
  list.close();
  const std::vector<std::vector<std::string>> readers{{"sync"},
                                                      {"async"},
                                                      {"async_workers", "127.0.0.1:1", "2"},
                                                      {"async_workers", "127.0.0.1:1", "1000"},
                                                      {"async_kept", "127.0.0.1:1", "2"},
                                                      {"async_kept", "127.0.0.1:1", "1000"}};
  for (const auto& client : readers) {
    CAPTURE(client[0]);
    std::vector<std::string> command{lessons / "11-http-requests" / client[0],
                                     folder / "pages.txt"};
    command.insert(command.end(), client.begin() + 1, client.end());
    const ProgramResult outcome = run_program(command);
    CHECK(outcome.status == 0);
    const bool counts = client[0] == "async_kept";
    const std::string last = fmt::format("Connections: {}\n", servers.size());
    CHECK(outcome.output == expected + (counts ? last : ""));
    CHECK(outcome.errors == "");
  }
  fs::remove_all(folder);
}

TEST_SUITE_END();
