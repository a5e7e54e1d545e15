// A small server whose pages take their time. Look at how it
// handles clients that ask for nothing, or hang up.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "response.hpp"

struct Page {
  std::chrono::milliseconds latency{};
  std::string answer;   // head and body, as they are sent
  bool is_cut = false;  // the answer breaks off
};
using Pages = std::map<std::string, Page>;

// Receives each event: "GET /soup", and later "200 /soup".
using Report = std::function<void(const std::string&)>;

inline std::string answer(std::string_view status,
                          std::string_view headers,
                          std::string_view body) {
  return fmt::format(
      "HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status,
      headers, body.size(), body);
}

struct Request {
  std::string method;
  std::string path;
  bool is_valid = false;
  bool keeps_open = false;  // for a further request
};

inline Request parse_request(const std::string& head) {
  Request request;
  std::string version;
  std::istringstream words(head);
  words >> request.method >> request.path >> version;
  const std::string said = request.method + request.path;
  const bool odd = std::any_of(
      said.begin(), said.end(),
      [](unsigned char c) { return c <= ' ' || c >= 127; });
  if (odd || !request.path.starts_with('/') ||
      !version.starts_with("HTTP/1.") ||
      !head.ends_with("\r\n\r\n")) {
    return {"?", "?"};
  }
  request.is_valid = true;
  request.keeps_open =
      request.method == "GET" && version != "HTTP/1.0" &&
      lower_case(head).find("\r\nconnection: close\r\n") ==
          std::string::npos;
  return request;
}

// The requested page, or one that says why there is none.
inline Page page_for(const Request& request, const Pages& pages) {
  const auto refusal = [](std::string_view status,
                          std::string_view headers = "") {
    const auto body = fmt::format("<title>{}</title>\n", status);
    return Page{{}, answer(status, headers, body)};
  };
  if (!request.is_valid) return refusal("400 Bad Request");
  if (request.method != "GET") {
    return refusal("405 Method Not Allowed", "Allow: GET\r\n");
  }
  const auto page = pages.find(request.path);
  if (page == pages.end()) return refusal("404 Not Found");
  return page->second;
}

// Ends normally even when cancelled: throwing every time would
// cost the server a third of its speed.
inline asio::awaitable<void> pause(
    std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(time);
  asio::error_code error;
  co_await timer.async_wait(
      asio::redirect_error(asio::use_awaitable, error));
}

// The head of the next request; empty if none comes. One of
// more than 8 kB is returned unfinished, and so is invalid.
inline asio::awaitable<std::string> read_head(
    asio::ip::tcp::socket& socket, std::string& inbox) {
  asio::error_code error;
  std::size_t size = co_await asio::async_read_until(
      socket, asio::dynamic_buffer(inbox, 8192), "\r\n\r\n",
      asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::not_found) size = inbox.size();
  std::string head = inbox.substr(0, size);
  inbox.erase(0, size);
  co_return head;
}

inline asio::awaitable<bool> send(asio::ip::tcp::socket& socket,
                                  const std::string& text) {
  asio::error_code error;
  co_await asio::async_write(
      socket, asio::buffer(text),
      asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

// Ends when the client hangs up. (If it sends more instead, it
// has not hung up: we then wait so long that the page is sent
// first.)
inline asio::awaitable<void> hung_up(
    asio::ip::tcp::socket& socket,
    std::chrono::milliseconds latency) {
  char byte = 0;
  asio::error_code error;
  co_await socket.async_receive(
      asio::buffer(&byte, 1), asio::socket_base::message_peek,
      asio::redirect_error(asio::use_awaitable, error));
  if (!error) co_await pause(latency);
}

// One request after the other, until one side hangs up. A
// client has a second to ask, and a second to take the answer.
inline asio::awaitable<void> serve_client(
    asio::ip::tcp::socket socket, const Pages& pages,
    const Report& report) {
  using namespace asio::experimental::awaitable_operators;
  constexpr std::chrono::seconds patience{1};
  std::string inbox;
  bool keeps_open = true;
  while (keeps_open) {
    const auto asked =
        co_await (read_head(socket, inbox) || pause(patience));
    const auto* head = std::get_if<std::string>(&asked);
    if (head == nullptr || head->empty()) co_return;

    const Request request = parse_request(*head);
    const Page page = page_for(request, pages);
    report(request.method + " " + request.path);
    const auto waited = co_await (pause(page.latency) ||
                                  hung_up(socket, page.latency));
    bool arrived = waited.index() == 0;
    if (arrived) {
      const auto sent =
          co_await (send(socket, page.answer) || pause(patience));
      const auto* all = std::get_if<bool>(&sent);
      arrived = all != nullptr && *all;
    }
    const std::string how = !arrived ? "gone"
                            : page.is_cut
                                ? "cut"
                                : page.answer.substr(9, 3);
    report(how + " " + request.path);
    keeps_open = arrived && request.keeps_open && !page.is_cut;
  }
}

// Serves every client. Its arguments must outlive `run`.
inline asio::awaitable<void> serve(
    asio::ip::tcp::acceptor& acceptor, const Pages& pages,
    const Report& report) {
  auto executor = co_await asio::this_coro::executor;
  for (;;) {
    asio::error_code error;
    asio::ip::tcp::socket socket = co_await acceptor.async_accept(
        asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // too many open files: some will be closed
      co_await pause(std::chrono::milliseconds(100));
      continue;
    }
    asio::co_spawn(executor,
                   serve_client(std::move(socket), pages, report),
                   [](std::exception_ptr failure) {
                     if (failure) std::rethrow_exception(failure);
                   });
  }
}
