// The server that lessons 10 and 11 talk to. It prints its
// address, then each request, and how it ended.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "server.hpp"

using namespace std::chrono_literals;
using asio::ip::tcp;

std::string html(std::string_view charset) {
  return fmt::format("Content-Type: text/html{}\r\n", charset);
}

std::string chunk(std::string_view text) {
  return fmt::format("{:x}\r\n{}\r\n", text.size(), text);
}

Pages all_pages() {
  const std::string utf8 = html("; charset=utf-8");
  const std::string latin1 = html("; charset=ISO-8859-1");
  const std::string soup =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + utf8 +
      "\r\n" + chunk("<title>Soup of the d") +
      chunk("ay</title>\n<p>Peas today.</p>\n") + chunk("");
  const std::string half =
      "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n<title>Ha";
  return {
      {"/", {0ms, answer("200 OK", utf8, "<title>Menu</title>")}},
      {"/potatoes",
       {200ms, answer("200 OK", utf8,
                      "<title>Fourteen potatoes</title>\n"
                      "<p>They want cleaning.</p>\n")}},
      {"/soup", {300ms, soup}},
      {"/plain",
       {100ms, answer("200 OK", utf8, "<p>Just bread.</p>\n")}},
      {"/dessert",
       {150ms, answer("200 OK", latin1,
                      "<title>Cr\xe8me br\xfbl\xe9"
                      "e</title>\n")}},
      {"/noodles",
       {400ms, answer("200 OK", html(""),
                      "<meta charset=utf-8>\n"
                      "<title>Käsespätzle</title>\n")}},
      // These five do not declare their charset. The sushi is in
      // Shift_JIS, and the borscht in KOI8-R.
      {"/sushi",
       {200ms, answer("200 OK", html(""),
                      "<title>\x8e\xf5\x8ei</title>\n"
                      "<p>\x82\xa8\x82\xa2\x82\xb5\x82\xa2"
                      "\x82\xb2\x82\xcd\x82\xf1\x82\xcc\x82\xc2"
                      "\x82\xad\x82\xe8\x82\xa9\x82\xbd</p>\n")}},
      {"/borscht",
       {300ms, answer("200 OK", html(""),
                      "<title>\xe2\xcf\xd2\xdd</title>\n"
                      "<p>\xf3\xd7\xa3\xcb\xcc\xc1, "
                      "\xcb\xc1\xd0\xd5\xd3\xd4\xc1 \xc9 "
                      "\xd3\xcd\xc5\xd4\xc1\xce\xc1.</p>\n")}},
      {"/gratin",
       {150ms, answer("200 OK", html(""),
                      "<title>Gratin \xe0 la cr\xe8me</title>\n"
                      "<p>Pr\xeat quand il est dor\xe9.</p>\n")}},
      {"/card",
       {250ms, answer("200 OK", html(""),
                      "<title>\x8e\xf5\x8ei</title>\n")}},
      {"/cream",
       {100ms,
        answer("200 OK", html(""), "<title>Crème</title>\n")}},
      {"/late",
       {3s, answer("200 OK", utf8, "<title>At last</title>\n")}},
      {"/cut", {250ms, half, true}},
      {"/moved",
       {100ms, answer("302 Found",
                      "Location: /potatoes\r\n" + utf8, "")}},
  };
}

// One line at a time, even into a pipe.
void print_line(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  asio::io_context loop;
  const auto loopback = asio::ip::address_v4::loopback();
  // Port 0: the system chooses one that is free.
  tcp::acceptor acceptor(loop, tcp::endpoint(loopback, 0));
  print_line(fmt::format("127.0.0.1:{}",
                         acceptor.local_endpoint().port()));

  const Pages pages = all_pages();
  const Report report = print_line;
  asio::co_spawn(loop, serve(acceptor, pages, report), rethrow);
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](auto, int) { loop.stop(); });
  loop.run();
}
