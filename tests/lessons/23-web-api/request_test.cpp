// The parser of lesson 23: whole requests, requests in pieces, several in one piece, and malformed
// ones.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "../../../lessons/23-web-api/request_parser.hpp"

using http::RequestParser;

namespace {

// What a server's loop makes of these pieces: every request that it finds, and the refusal at which
// it stops, or a note that the last request is unfinished.
std::string read(const std::vector<std::string_view>& pieces) {
  RequestParser parser;
  std::string text;
  try {
    for (std::string_view piece : pieces) {
      while (!piece.empty()) {
        piece.remove_prefix(parser.take(piece));
        if (!parser.done()) continue;
        const http::Request& request = parser.request();
        text += fmt::format("{} {} ?{} {}\n", request.method, request.path, request.query,
                            request.keeps_open ? "open" : "close");
        for (const auto& [name, value] : request.headers) {
          text += fmt::format("{}={}\n", name, value);
        }
        text += fmt::format("[{}]\n", request.body);
        parser = {};
      }
    }
  } catch (const http::Refusal& refusal) {
    return fmt::format("{}{} {}", text, refusal.status, refusal.what());
  }
  return text + (parser.begun() ? "unfinished" : "");
}

std::string read(std::string_view requests) {
  return read(std::vector{requests});
}

// A request with these lines in its head, and a body if one is given.
std::string with(std::string_view lines, std::string_view body = "") {
  return fmt::format("POST / HTTP/1.1\r\nHost: a\r\n{}\r\n{}", lines, body);
}

const std::vector<std::string> good{
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /menu?day=friday&day=monday HTTP/1.1\r\nhost:\ta \r\nAccept: x\r\nACCEPT: y\r\n\r\n",
    "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n2 \r\n\r\ns",
    "GET / HTTP/1.0\r\n\r\n",
    "\r\n\r\nGET http://a:80/b HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: a\r\n\r\nPUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n!"
    "OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n",
};

}  // namespace

TEST_SUITE_BEGIN("23-web-api");

TEST_CASE("a request is read") {
  CHECK(read(good[0]) == "GET / ? open\nhost=a\n[]\n");
  CHECK(read(good[1]) == "GET /menu ?day=friday&day=monday open\naccept=x, y\nhost=a\n[]\n");
  CHECK(read(good[2]) == "POST /orders ? open\ncontent-length=7\nhost=a\n[2 \r\n\r\ns]\n");
  CHECK(read(good[3]) == "GET / ? close\n[]\n");
  CHECK(read(good[4]) == "GET /b ? close\nconnection=x, Close\nhost=a\n[]\n");
  CHECK(read(good[5]) ==
        "GET /a ? open\nhost=a\n[]\nPUT /b ? open\ncontent-length=1\nhost=a\n[!]\n"
        "OPTIONS * ? open\nhost=\n[]\n");
  CHECK(read("GET /a?b?c HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("GET /a ?b?c open"));
  CHECK(read("GET HTTP://a?b HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("GET / ?b open"));
  CHECK(read(with("Content-Length: 0\r\n")).ends_with("[]\n"));
  CHECK(read(with("X: \x80\xff\r\n")).find("x=\x80\xff") != std::string::npos);
}

TEST_CASE("requests are read the same in whatever pieces they come") {
  for (const std::string& requests : good) {
    const std::string whole = read(requests);
    const std::string_view text = requests;
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < text.size(); ++at) {
      bytes.push_back(text.substr(at, 1));
      CHECK(read({text.substr(0, at), text.substr(at)}) == whole);
    }
    CHECK(read(bytes) == whole);
  }
}

TEST_CASE("a request that is cut short is no request") {
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t size = 1; size < good[i].size(); ++size) {
      CAPTURE(size);
      CHECK(read(good[i].substr(0, size)) == "unfinished");
    }
  }
  CHECK(read("\r\n") == "");  // between two requests, and not yet one
}

TEST_CASE("a first line must be one") {
  for (const char* line :
       {"GET", "GET /", "GET / HTTP/1.1 ", "GET  / HTTP/1.1", "GET / HTTP/1", "GET / HTTP/1.10",
        "GET / http/1.1", "GET / HTTP/a.1", "GET /a b HTTP/1.1", "/ HTTP/1.1", "GET / FTP/1.1 x",
        "GET /\tHTTP/1.1", "SSH-2.0-OpenSSH_9.2", "\x16\x03\x01"}) {
    CAPTURE(line);
    CHECK(read(fmt::format("{}\r\n", line)).starts_with("400 "));
  }
  for (const char* method : {"", " ", "G(T", "G\"T", "G:T", "GET,", "G\xc3\x84T", "{GET}"}) {
    CAPTURE(method);
    CHECK(read(fmt::format("{} / HTTP/1.1\r\n", method)) == "400 the method is not a token");
  }
  for (const char* version : {"HTTP/2.0", "HTTP/0.9", "HTTP/3.0"}) {
    CHECK(read(fmt::format("GET / {}\r\n", version)) ==
          "505 only HTTP/1.0 and HTTP/1.1 are supported");
  }
  for (const char* target : {"", "a", "*", "a:80", "ftp://a/", "https://a/", "?a", "\\"}) {
    CAPTURE(target);
    CHECK(read(fmt::format("GET {} HTTP/1.1\r\n", target)) ==
          "400 the request target is not a path");
  }
  CHECK(read("GET /#a HTTP/1.1\r\n") == "400 a #, control or non-ASCII character in the path");
  CHECK(read("GET /\xc3\xa4 HTTP/1.1\r\n") ==
        "400 a #, control or non-ASCII character in the path");
}

TEST_CASE("a header must be one") {
  const std::string no_header = "400 a line of the head is not a header";
  for (const char* line : {"Content-Length 5", ": 5", " folded: 5", "\tfolded: 5", "X : 5",
                           "X\t: 5", "a b: c", "\xc3\xa4: b", "X", "(X): y"}) {
    CAPTURE(line);
    CHECK(read(with(fmt::format("{}\r\n", line))) == no_header);
  }
  // Folded: some servers take the second line as part of the first, others as a header.
  CHECK(read(with("X: a\r\n b\r\n")) == no_header);
  CHECK(read(with("X: a\r\n Content-Length: 5\r\n")) == no_header);
  using namespace std::string_view_literals;
  for (const std::string_view line :
       {"a: \0"sv, "a: \x1b[2J"sv, "a: b\rc: d"sv, "\x7f: a"sv, "\r"sv, "a: b\r"sv}) {
    CHECK(read(with(fmt::format("{}\r\n", line))) ==
          "400 a control character in a line of the head");
  }
  for (const char* lines : {"a: b\n", "\n", "a: b\r\n\n"}) {
    CHECK(read(fmt::format("GET / HTTP/1.1\r\n{}", lines)) ==
          "400 a line does not end in CR and LF");
  }
  CHECK(read("GET / HTTP/1.1\r\n\r\n") == "400 the header Host is missing");
  CHECK(read(with("host: a\r\n")) == "400 Host or Content-Length occurs twice");
}

TEST_CASE("no request can be smuggled") {
  const std::string twice = "400 Host or Content-Length occurs twice";
  CHECK(read(with("Content-Length: 5\r\nContent-Length: 6\r\n")) == twice);
  CHECK(read(with("Content-Length: 5\r\ncontent-length: 5\r\n")) == twice);
  CHECK(read(with("Content-Length:\r\nContent-Length: 5\r\n")) == twice);
  const std::string two = "400 Transfer-Encoding with Content-Length, or in HTTP/1.0";
  CHECK(read(with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")) == two);
  CHECK(read(with("Transfer-Encoding: x\r\nContent-Length: 5\r\n")) == two);
  CHECK(read("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == two);
  const std::string missing = "411 the header Content-Length is missing";
  CHECK(read(with("Transfer-Encoding: chunked\r\n", "0\r\n\r\n")) == missing);
  CHECK(read(with("Transfer-Encoding: \tCHUNKED \r\n")) == missing);
  const std::string unknown = "501 the Transfer-Encoding is unknown";
  for (const char* coding : {"", "gzip, chunked", "chunked, chunked", "xchunked", "\"chunked\"",
                             "chunked;a", "identity"}) {
    CAPTURE(coding);
    CHECK(read(with(fmt::format("Transfer-Encoding: {}\r\n", coding))) == unknown);
  }
  CHECK(read(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")) == unknown);
  const std::string no_number = "400 Content-Length is not a number";
  for (const char* length : {"", "-1", "+1", "0x10", "1 2", "5, 5", "1.0", "five", "1;", "\"5\""}) {
    CAPTURE(length);
    CHECK(read(with(fmt::format("Content-Length: {}\r\n", length))) == no_number);
  }
}

TEST_CASE("a text that is too long is refused, wherever it is cut") {
  const std::size_t limit = RequestParser::head_limit;
  const auto in_steps = [](const std::string& text, std::size_t step) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < text.size(); at += step) {
      pieces.push_back(std::string_view(text).substr(at, step));
    }
    return read(pieces);
  };
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const std::string end = "\r\n\r\n";
  for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, 2 * limit}) {
    const auto head = [&](std::size_t size) {
      return begin + std::string(size - begin.size() - end.size(), 'x') + end;
    };
    CHECK(in_steps(head(limit), step).starts_with("GET / ? open\n"));
    CHECK(in_steps(head(limit + 1), step) == "431 the head is longer than 8 kB");
    CHECK(in_steps("GET /" + std::string(limit, 'x'), step) == "414 the path is too long");
    CHECK(in_steps(std::string(limit + 2, '\r'), step) == "414 the path is too long");
  }
  std::string empty;
  while (empty.size() <= limit) empty += "\r\n";
  CHECK(read(empty) == "414 the path is too long");

  std::string lines;
  for (int i = 1; i < 100; ++i) lines += fmt::format("x{}:\r\n", i);
  CHECK(read(with(lines)).ends_with("[]\n"));
  CHECK(read(with(lines + "x100:\r\n")) == "431 there are more than 100 headers");

  const std::size_t largest = RequestParser::body_limit;
  const auto length = [](std::size_t size) { return fmt::format("Content-Length: {}\r\n", size); };
  const std::string body(largest, 'x');
  CHECK(read(with(length(largest), body)).ends_with("x]\n"));
  CHECK(read(with(length(largest + 1))) == "413 the body is too long");
  for (const char* size :
       {"18446744073709551615", "18446744073709551616", "99999999999999999999999999999999999999"}) {
    CHECK(read(with(fmt::format("Content-Length: {}\r\n", size))) == "413 the body is too long");
  }
}

TEST_CASE("a client that waits for the go-ahead before the body gets it once") {
  RequestParser parser;
  const std::string head = with("Expect: 100-Continue\r\nContent-Length: 2\r\n");
  parser.take(std::string_view(head).substr(0, head.size() - 1));
  CHECK(!parser.wants_go_ahead());
  parser.take("\n");
  CHECK(parser.wants_go_ahead());
  CHECK(!parser.wants_go_ahead());
  parser = {};
  parser.take(head + "a");  // did not wait
  CHECK(!parser.wants_go_ahead());
  parser = {};
  parser.take(with("Expect: 100-continue\r\n"));  // there is no body
  CHECK(parser.done());
  CHECK(!parser.wants_go_ahead());
}

// 100 000 requests, each made from good ones by a few small changes, the same ones in every run: no
// piece may make the parser do anything but read or refuse, and the cuts must not matter.
TEST_CASE("changed requests are read or refused, the same in any pieces") {
  const std::vector<std::string> words{"\r\n",
                                       "\n",
                                       "\r",
                                       "0",
                                       "4294967296",
                                       ":",
                                       " ",
                                       "\t",
                                       ",",
                                       "GET / HTTP/1.1\r\n\r\n",
                                       "Content-Length: 3\r\n",
                                       "Transfer-Encoding: chunked\r\n",
                                       "Connection: close\r\n",
                                       "http://",
                                       "-"};
  std::mt19937 random(23);
  const auto below = [&](std::size_t end) { return random() % end; };
  std::size_t read_well = 0;
  std::size_t differences = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::string requests = good[below(good.size())];
    for (std::size_t change = below(4); change > 0; --change) {
      const std::size_t at = below(requests.size() + 1);
      switch (below(4)) {
        case 0:
          if (at < requests.size()) requests[at] = static_cast<char>(below(256));
          break;
        case 1:
          requests.insert(at, words[below(words.size())]);
          break;
        case 2:
          requests.erase(at, below(8));
          break;
        default:
          requests.insert(at, requests.substr(below(requests.size() + 1), below(20)));
      }
    }
    const std::string_view text = requests;
    const std::string whole = read(text);
    const std::size_t cut = below(requests.size() + 1);
    if (read({text.substr(0, cut), text.substr(cut)}) != whole) ++differences;
    if (whole.ends_with("]\n")) ++read_well;
  }
  CHECK(differences == 0);
  // If all or none of them were read, the changes would be of the wrong size.
  CHECK(read_well > 20'000);
  CHECK(read_well < 80'000);
}

// The same, but every cut of each request is tried.
TEST_CASE("every cut of a changed request") {
  std::mt19937 random(24);
  const auto below = [&](std::size_t end) { return random() % end; };
  for (int round = 0; round < 500; ++round) {
    std::string requests = good[below(good.size())];
    requests[below(requests.size())] = static_cast<char>(below(256));
    const std::string whole = read(requests);
    const std::string_view text = requests;
    std::size_t differences = 0;
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      if (read({text.substr(0, cut), text.substr(cut)}) != whole) ++differences;
    }
    CAPTURE(requests);
    CHECK(differences == 0);
  }
}

TEST_SUITE_END();
