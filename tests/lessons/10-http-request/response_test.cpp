// The parser of lesson 10: whole answers, answers in pieces, and texts that are not answers.
#include "../../../lessons/10-http-request/response.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstddef>
#include <exception>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

// What a parser makes of these pieces, followed by the end of the connection: everything that it
// has read, or its error message.
std::string read(const std::vector<std::string_view>& pieces) {
  ResponseParser parser;
  try {
    for (const std::string_view piece : pieces) parser.take(piece);
    parser.end();
  } catch (const std::exception& error) {
    return error.what();
  }
  std::string text = fmt::format("{}\n", parser.response().status);
  for (const auto& [name, value] : parser.response().headers) {
    text += fmt::format("{}={}\n", name, value);
  }
  return text + "\n" + parser.response().body;
}

std::string read(std::string_view answer) {
  return read(std::vector{answer});
}

std::string with_head(std::string_view lines) {
  return fmt::format("HTTP/1.1 200 OK\r\n{}\r\n", lines);
}

const std::vector<std::string> good{
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbread",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbread\r\nA;best=before\r\n and "
    "soup \r\n0\r\nX-Trailer: 1\r\n\r\n",
    "HTTP/1.0 404 Not Found\r\nContent-Type: text/html\r\n\r\n<title>No soup</title>",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n"
    "Content-Length: 1\r\n\r\n!",
    "HTTP/1.1 200\nserver:x\nSERVER:\ty \n\nno carriage returns",
};

}  // namespace

TEST_SUITE_BEGIN("10-http-request");

TEST_CASE("an answer is read") {
  CHECK(read(good[0]) == "200\ncontent-length=5\n\nbread");
  CHECK(read(good[1]) == "200\ncontent-length=0\n\n");
  CHECK(read(good[2]) == "200\ntransfer-encoding=chunked\n\nbread and soup ");
  CHECK(read(good[3]) == "404\ncontent-type=text/html\n\n<title>No soup</title>");
  CHECK(read(good[4]) == "200\ncontent-length=1\n\n!");
  CHECK(read(good[5]) == "200\nserver=x, y\n\nno carriage returns");
  CHECK(read("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n") ==
        "204\ncontent-length=9\n\n");
  CHECK(read("HTTP/1.1 304 Not Modified\r\n\r\n") == "304\n\n");
  // Bytes after the end are not ours.
  CHECK(read(good[0] + "crumbs") == read(good[0]));
}

TEST_CASE("an answer is read the same in whatever pieces it comes") {
  for (const std::string& answer : good) {
    const std::string whole = read(answer);
    const std::string_view text = answer;
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < text.size(); ++at) {
      bytes.push_back(text.substr(at, 1));
      CHECK(read({text.substr(0, at), text.substr(at)}) == whole);
    }
    CHECK(read(bytes) == whole);
  }
}

TEST_CASE("an answer that is cut short is no answer") {
  for (const std::string& answer : {good[0], good[1], good[2], good[4]}) {
    for (std::size_t size = 0; size < answer.size(); ++size) {
      CAPTURE(size);
      CHECK(read(answer.substr(0, size)) == "the connection was cut in mid-answer");
    }
  }
}

TEST_CASE("a text that is not an answer is refused") {
  const std::string no_http = "the answer is not HTTP/1.x";
  for (const char* line :
       {"", "SSH-2.0-OpenSSH_9.2", "HTTP/2 200", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20",
        "HTTP/1.1 2000", "HTTP/1.1 2x0", "HTTP/1.1 020 OK", "HTTP/1.12 200 OK", "HTTP/1. 200 OK",
        "HTTP/1.1  200 OK", "http/1.1 200 OK", " HTTP/1.1 200 OK", "HTTP/1.1 -20 OK"}) {
    CAPTURE(line);
    CHECK(read(fmt::format("{}\r\n\r\n", line)) == no_http);
  }
  const std::string no_header = "a line of the head is not a header";
  for (const char* line :
       {"Content-Length 5", ": 5", " folded: 5", "Content-Length : 5", "a b: c"}) {
    CAPTURE(line);
    CHECK(read(with_head(fmt::format("{}\r\n", line))) == no_header);
  }
  const std::string odd = "a control character in a line of the answer";
  using namespace std::string_view_literals;
  for (const std::string_view line : {"a: \0"sv, "a: \x1b[2J"sv, "a: b\rc: d"sv, "\x7f: a"sv}) {
    CHECK(read(with_head(fmt::format("{}\r\n", line))) == odd);
  }
}

TEST_CASE("a length must be one") {
  const std::string no_number = "a length in the answer is not a number";
  for (const char* length : {"", "-1", "+1", "0x10", "1 2", "5, 5", "1.0", "five", "1;"}) {
    CAPTURE(length);
    CHECK(read(with_head(fmt::format("Content-Length: {}\r\n", length))) == no_number);
  }
  CHECK(read(with_head("Content-Length: 5\r\ncontent-length: 6\r\n")) == no_number);
  const std::string too_large = "the page is larger than 16 MB";
  for (const char* length : {"16777217", "18446744073709551615", "18446744073709551616",
                             "99999999999999999999999999999999999999"}) {
    CAPTURE(length);
    CHECK(read(with_head(fmt::format("Content-Length: {}\r\n", length))) == too_large);
  }
  const std::string chunked = with_head("Transfer-Encoding: chunked\r\n");
  for (const char* size : {"", "g", "-5", "0x5", "5 5", ";"}) {
    CAPTURE(size);
    CHECK(read(chunked + size + "\r\n") == no_number);
  }
  CHECK(read(chunked + "1000001\r\n") == too_large);
  CHECK(read(chunked + "ffffffffffffffff\r\n") == too_large);
  CHECK(read(chunked + "5\r\nbread\r\nfffffffffffffffb\r\n") == too_large);
  CHECK(read(chunked + "5\r\nbreads\r\n") == "a chunk is longer than its size says");
  const std::string two = "Transfer-Encoding is unknown, or comes with Content-Length";
  CHECK(read(with_head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")) == two);
  CHECK(read(with_head("Transfer-Encoding: gzip, chunked\r\n")) == two);
  CHECK(read(with_head("Content-Encoding: gzip\r\nContent-Length: 5\r\n")) ==
        "the page is compressed, despite our request");
  CHECK(read(with_head("Content-Encoding: identity\r\nContent-Length: 0\r\n")).starts_with("200"));
}

TEST_CASE("a text that is too long is refused, wherever it is cut") {
  const std::string too_long = "the head of the answer is longer than 64 kB";
  const std::size_t limit = ResponseParser::head_limit;
  const std::string begin = "HTTP/1.1 200 OK\r\nX: ";
  const std::string end = "\r\nContent-Length: 0\r\n\r\n";
  for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, 2 * limit}) {
    const auto size_that_passes = [&](std::size_t size) {
      const std::string answer = begin + std::string(size - begin.size() - end.size(), 'x') + end;
      std::vector<std::string_view> pieces;
      for (std::size_t at = 0; at < answer.size(); at += step) {
        pieces.push_back(std::string_view(answer).substr(at, step));
      }
      return read(pieces);
    };
    CHECK(size_that_passes(limit).starts_with("200\n"));
    CHECK(size_that_passes(limit + 1) == too_long);
  }
  CHECK(read(std::string(2 * limit, '\n')) != too_long);
  CHECK(read(std::string(2 * limit, 'x')) == too_long);
  std::string hints;
  while (hints.size() <= limit) hints += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(read(hints) == too_long);
  const std::string chunked = with_head("Transfer-Encoding: chunked\r\n");
  CHECK(read(chunked + "1;" + std::string(limit, 'x')) == too_long);
  CHECK(read(chunked + "0\r\n" + std::string(limit + 1, 'x')) == too_long);

  const std::size_t largest = ResponseParser::body_limit;
  const std::string body(largest, 'x');
  CHECK(read({with_head(""), body}).size() == body.size() + std::string("200\n\n").size());
  CHECK(read({with_head(""), body, "x"}) == "the page is larger than 16 MB");
  const std::string length = fmt::format("Content-Length: {}\r\n", largest);
  CHECK(read({with_head(length), body}).ends_with("xx"));
}

// 100 000 answers, each made from a good one by a few small changes, the same in every run: the
// parser must read or refuse each of them, and the cuts must not matter.
TEST_CASE("changed answers are read or refused, the same in any pieces") {
  const std::vector<std::string> words{"\r\n",
                                       "\n",
                                       "0",
                                       "ffffffff",
                                       ":",
                                       " ",
                                       "HTTP/1.1 100 \r\n\r\n",
                                       "Content-Length: 3\r\n",
                                       "Transfer-Encoding: chunked\r\n",
                                       ";",
                                       "-",
                                       "\t"};
  std::mt19937 random(10);
  const auto below = [&](std::size_t end) { return random() % end; };
  std::size_t read_well = 0;
  std::size_t differences = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::string answer = good[below(good.size())];
    for (std::size_t change = below(4); change > 0; --change) {
      const std::size_t at = below(answer.size() + 1);
      switch (below(4)) {
        case 0:
          if (at < answer.size()) answer[at] = static_cast<char>(below(256));
          break;
        case 1:
          answer.insert(at, words[below(words.size())]);
          break;
        case 2:
          answer.erase(at, below(8));
          break;
        default:
          answer.insert(at, answer.substr(below(answer.size() + 1), below(20)));
      }
    }
    const std::string_view text = answer;
    const std::string whole = read(text);
    const std::size_t cut = below(answer.size() + 1);
    if (read({text.substr(0, cut), text.substr(cut)}) != whole) ++differences;
    if (whole.find('\n') != std::string::npos) ++read_well;
  }
  CHECK(differences == 0);
  // If all or none were read, the changes would be too small or too large.
  CHECK(read_well > 20'000);
  CHECK(read_well < 80'000);
}

TEST_SUITE_END();
