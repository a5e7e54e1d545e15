// The server of lesson 23 within a program: handlers that fail, and a loop that ends before them.
#include "../../../lessons/23-web-api/server.hpp"

#include <doctest/doctest.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "../tasks.hpp"

using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

asio::awaitable<http::Response> handle(http::Request request) {
  if (request.path == "/never") {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_at(std::chrono::steady_clock::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
  }
  if (request.path == "/throws") throw std::runtime_error("the pot is empty");
  if (request.path == "/throws-later") {
    co_await wait(1ms);
    throw std::runtime_error("the pot is empty");
  }
  if (request.path == "/throws-a-number") throw 23;
  if (request.path == "/refuses") throw http::Refusal(400, "no such soup");
  co_return http::json("\"" + request.method + request.body + "\"");
}

// All answers to `requests`, the last of which must close the connection.
asio::awaitable<std::string> answers(unsigned short port, std::string requests) {
  tcp::socket socket(co_await asio::this_coro::executor);
  const tcp::endpoint address(asio::ip::address_v4::loopback(), port);
  co_await socket.async_connect(address, asio::use_awaitable);
  co_await asio::async_write(socket, asio::buffer(requests), asio::use_awaitable);
  std::string text;
  asio::error_code end;
  co_await asio::async_read(socket, asio::dynamic_buffer(text),
                            asio::redirect_error(asio::use_awaitable, end));
  co_return text;
}

std::string get(const std::string& path, const std::string& headers = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

std::string answers_to(const std::string& requests) {
  asio::io_context loop;
  http::Server server(loop, 0, handle, Limits{});
  asio::co_spawn(loop, server.run(), rethrow);
  std::string text;
  const auto client = [&]() -> asio::awaitable<void> {
    text = co_await answers(server.port(), requests);
    server.stop();
  };
  asio::co_spawn(loop, client(), rethrow);
  loop.run();  // returns, because a stopped server leaves nothing behind
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("23-web-api");

TEST_CASE("a handler's exception becomes an answer, and the connection goes on") {
  const std::string last = get("/", "Connection: close\r\n");
  CHECK(answers_to(last).ends_with("\"GET\""));
  CHECK(answers_to("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nham" + last)
            .find("\"PUTham\"") != std::string::npos);
  for (const char* path : {"/throws", "/throws-later"}) {
    const std::string text = answers_to(get(path) + last);
    CHECK(text.starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
    CHECK(text.find("the pot is empty") == std::string::npos);  // that is not the client's business
    CHECK(text.ends_with("\"GET\""));
  }
  const std::string refused = answers_to(get("/refuses") + last);
  CHECK(refused.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  CHECK(refused.ends_with("{\"error\":\"no such soup\"}"));
  const std::string head = answers_to("HEAD /throws HTTP/1.0\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 500 "));
  CHECK(head.ends_with("\r\n\r\n"));
}

TEST_CASE("an exception without a message gets out of the loop") {
  CHECK_THROWS_AS(answers_to(get("/throws-a-number")), int);
}

TEST_CASE("a client whose handler throws a number is forgotten all the same") {
  asio::io_context loop;
  Limits limits;
  limits.clients = 1;
  http::Server server(loop, 0, handle, limits);
  const auto ignore = [](std::exception_ptr, const std::string&) {};
  asio::co_spawn(loop, server.run(), rethrow);
  asio::co_spawn(loop, answers(server.port(), get("/throws-a-number")), ignore);
  CHECK_THROWS_AS(loop.run(), int);

  std::string text;
  asio::co_spawn(loop, server.run(), rethrow);  // there is room for one
  asio::co_spawn(loop, answers(server.port(), get("/", "Connection: close\r\n")),
                 [&](std::exception_ptr, const std::string& answer) {
                   text = answer;
                   server.stop();
                 });
  loop.restart();
  loop.run();
  CHECK(text.ends_with("\"GET\""));
}

TEST_CASE("the server has ended when its last client has gone") {
  asio::io_context loop;
  http::Server server(loop, 0, handle, Limits{});
  WatchedTask serving(loop, server.run());
  bool answered = false;
  asio::co_spawn(loop, answers(server.port(), get("/", "Connection: close\r\n")),
                 [&](std::exception_ptr, const std::string&) {
                   answered = true;
                   CHECK(serving.waits());
                   server.stop();
                 });
  loop.run();
  CHECK(answered);
  CHECK(serving.succeeded());
}

TEST_CASE("told to end while it sends an answer, it hears no further request") {
  asio::io_context loop;
  const auto handle_much = [](http::Request) -> asio::awaitable<http::Response> {
    http::Response much;
    much.body.assign(64 << 20, 'x');
    co_return much;
  };
  Limits limits;
  limits.patience = std::chrono::hours(1);
  http::Server server(loop, 0, handle_much, limits);
  asio::co_spawn(loop, server.run(), rethrow);
  asio::steady_timer too_late(loop, std::chrono::minutes(1));
  const auto client = [&]() -> asio::awaitable<void> {
    tcp::socket socket(loop);
    const tcp::endpoint address(asio::ip::address_v4::loopback(), server.port());
    co_await socket.async_connect(address, asio::use_awaitable);
    const std::string request = get("/");
    co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
    co_await socket.async_wait(socket.wait_read, asio::use_awaitable);
    server.stop();
    too_late.async_wait([&](asio::error_code error) {
      if (!error) socket.cancel();
    });
    std::string text;
    asio::error_code end;
    co_await asio::async_read(socket, asio::dynamic_buffer(text),
                              asio::redirect_error(asio::use_awaitable, end));
    CHECK(text.size() > (64 << 20));
    CHECK(end == asio::error::eof);
    too_late.cancel();
  };
  asio::co_spawn(loop, client(), rethrow);
  loop.run();
}

TEST_CASE("a server that is cancelled ends its clients, and waits for them") {
  asio::io_context loop;
  http::Server server(loop, 0, handle, Limits{});
  WatchedTask serving(loop, server.run());
  int gone = 0;
  for (int client = 0; client < 3; ++client) {
    asio::co_spawn(loop, answers(server.port(), get("/never")),
                   [&](std::exception_ptr, const std::string& text) {
                     CHECK(text.empty());
                     ++gone;
                   });
  }
  asio::co_spawn(loop, answers(server.port(), get("/", "Connection: close\r\n")),
                 [&](std::exception_ptr, const std::string&) { serving.cancel(); });
  loop.run();
  CHECK(gone == 3);
  CHECK_FALSE(serving.waits());
}

TEST_CASE("a handler whose client ends its half goes on, or is cancelled") {
  for (const auto at_end : {http::AtEnd::goes_on, http::AtEnd::cancels}) {
    asio::io_context loop;
    int handlers = 0;  // at work
    const auto count = [&](http::Request request) -> asio::awaitable<http::Response> {
      ++handlers;
      const std::shared_ptr<void> end(nullptr, [&](void*) { --handlers; });
      co_return co_await handle(std::move(request));
    };
    http::Server server(loop, 0, count, Limits{}, at_end);
    WatchedTask serving(loop, server.run());
    const auto client = [&]() -> asio::awaitable<void> {
      tcp::socket socket(co_await asio::this_coro::executor);
      const tcp::endpoint address(asio::ip::address_v4::loopback(), server.port());
      co_await socket.async_connect(address, asio::use_awaitable);
      const std::string request = get("/never");
      co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
      while (handlers == 0) co_await wait(1ms);
      co_await wait(50ms);
      CHECK(handlers == 1);
      socket.shutdown(tcp::socket::shutdown_send);
      if (at_end == http::AtEnd::goes_on) {
        co_await wait(50ms);
        CHECK(handlers == 1);
        co_return serving.cancel();
      }
      for (int i = 0; i < 10'000 && handlers > 0; ++i) co_await wait(1ms);
      CHECK(handlers == 0);
      std::array<char, 1> piece;  // the server has hung up, too, and has said nothing
      asio::error_code end;
      co_await socket.async_read_some(asio::buffer(piece),
                                      asio::redirect_error(asio::use_awaitable, end));
      CHECK(end == asio::error::eof);
      server.stop();
    };
    asio::co_spawn(loop, client(), rethrow);
    loop.run();
    CHECK_FALSE(serving.waits());
  }
}

TEST_CASE("a client that sends its next requests early has not gone") {
  asio::io_context loop;
  http::Server server(loop, 0, handle, Limits{}, http::AtEnd::cancels);
  asio::co_spawn(loop, server.run(), rethrow);
  const auto client = [&]() -> asio::awaitable<void> {
    const std::string last = get("/", "Connection: close\r\n");
    const std::string text = co_await answers(server.port(), get("/throws-later") + last);
    CHECK(text.starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
    CHECK(text.ends_with("\"GET\""));
    server.stop();
  };
  asio::co_spawn(loop, client(), rethrow);
  loop.run();
}

TEST_CASE("a loop may end while clients wait for their meals") {
  asio::io_context loop;
  {
    http::Server server(loop, 0, handle, Limits{});
    asio::co_spawn(loop, server.run(), rethrow);
    for (int client = 0; client < 100; ++client) {
      asio::co_spawn(loop, answers(server.port(), get("/never")),
                     [](std::exception_ptr, const std::string&) {});
    }
    asio::co_spawn(loop, answers(server.port(), get("/", "Connection: close\r\n")),
                   [&](std::exception_ptr, const std::string& text) {
                     CHECK(text.ends_with("\"GET\""));
                     loop.stop();
                   });
    loop.run();
    CHECK(loop.stopped());
  }
}

TEST_SUITE_END();
