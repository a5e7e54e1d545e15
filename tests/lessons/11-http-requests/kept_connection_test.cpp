// A connection that lesson 11 keeps, with a server that says and closes what the test tells it to.
#include <doctest/doctest.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "../../../lessons/11-http-requests/kept_connection.hpp"
#include "caught.hpp"

namespace {

using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;

std::string answer(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

enum class Then { goes_on, hangs_up, resets };

// What the server says to one request, what it says unasked after that, and what it does then.
struct Turn {
  std::string text{};
  std::string unasked{};
  Then then = Then::goes_on;
};
using Connection = std::vector<Turn>;

const Turn hangs_up{"", "", Then::hangs_up};

asio::awaitable<void> let_time_pass() {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
  co_await timer.async_wait(asio::use_awaitable);
}

// Takes one connection after the other, and does there as it is told. After the last turn it does
// not answer.
class Server {
 public:
  explicit Server(std::vector<Connection> connections) : connections_(std::move(connections)) {
    asio::co_spawn(loop_, serve(), workbook::rethrow);
  }

  Url url(const std::string& path = "/") const {
    const auto port = std::to_string(acceptor_.local_endpoint().port());
    return parse_http_url("http://127.0.0.1:" + port + path);
  }

  // Runs a client of this server to its end.
  template <typename Client>
  void run(Client client) {
    asio::co_spawn(loop_, client(), [this](std::exception_ptr error) {
      loop_.stop();
      workbook::rethrow(error);
    });
    loop_.run_for(std::chrono::seconds(20));
    REQUIRE(loop_.stopped());
  }

  // Lets it say what it says unasked. Returns once that has reached the client's system.
  asio::awaitable<void> say_it_unasked() {
    may_say_it_unasked_ = true;
    while (!unasked_has_arrived_) co_await let_time_pass();
  }

  // The first words of those that came.
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  asio::awaitable<void> serve() {
    for (const Connection& connection : connections_) {
      tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
      asio::co_spawn(loop_, serve_client(std::move(socket), connection), workbook::rethrow);
    }
  }

  asio::awaitable<void> serve_client(tcp::socket socket, Connection turns) {
    std::string inbox;
    asio::error_code error;
    for (const Turn& turn : turns) {
      const std::size_t size =
          co_await asio::async_read_until(socket, asio::dynamic_buffer(inbox), "\r\n\r\n",
                                          asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return;
      requests_.push_back(inbox.substr(0, inbox.find(" HTTP")));
      inbox.erase(0, size);
      co_await asio::async_write(socket, asio::buffer(turn.text), asio::use_awaitable);
      if (!turn.unasked.empty()) {
        while (!may_say_it_unasked_) co_await let_time_pass();
        co_await asio::async_write(socket, asio::buffer(turn.unasked), asio::use_awaitable);
        while (!all_is_acknowledged(socket)) co_await let_time_pass();
        unasked_has_arrived_ = true;
      }
      if (turn.then == Then::goes_on) continue;
      if (turn.then == Then::resets) socket.set_option(asio::socket_base::linger(true, 0));
      socket.close();
      co_return;
    }
    co_await asio::async_read(socket, asio::dynamic_buffer(inbox),
                              asio::redirect_error(asio::use_awaitable, error));
  }

  static bool all_is_acknowledged(tcp::socket& socket) {
    int size = 0;
    REQUIRE(ioctl(socket.native_handle(), SIOCOUTQ, &size) == 0);
    return size == 0;
  }

  asio::io_context loop_;
  tcp::acceptor acceptor_{loop_, {asio::ip::address_v4::loopback(), 0}};
  std::vector<Connection> connections_;
  std::vector<std::string> requests_;
  bool may_say_it_unasked_ = false;
  bool unasked_has_arrived_ = false;
};

using Requests = std::vector<std::string>;

// The page, or the reason for which there is none.
asio::awaitable<std::string> page(KeptConnection& connection, Url url) {
  try {
    co_return (co_await connection.fetch(url)).body;
  } catch (const std::exception& error) {
    co_return reason(error);
  }
}

// After the soup. `server`: its first connection has the soup, its second one the bread.
void check_that_bread_needs_another_connection(Server& server) {
  server.run([&]() -> asio::awaitable<void> {
    KeptConnection connection;
    CHECK(co_await page(connection, server.url("/soup")) == "soup");
    CHECK(co_await page(connection, server.url("/bread")) == "bread");
    CHECK(connection.count() == 2);
  });
}

}  // namespace

TEST_SUITE_BEGIN("11-http-requests");

TEST_CASE("a connection is kept for the next request") {
  Server server({{{answer("soup")}, {answer("bread")}, {answer("")}}});
  server.run([&]() -> asio::awaitable<void> {
    KeptConnection connection;
    CHECK(co_await page(connection, server.url("/soup")) == "soup");
    CHECK(co_await page(connection, server.url("/bread")) == "bread");
    CHECK(co_await page(connection, server.url("/air")) == "");
    CHECK(connection.count() == 1);
  });
  CHECK(server.requests() == Requests{"GET /soup", "GET /bread", "GET /air"});
}

TEST_CASE("a connection is not kept for another server") {
  Server soup({{{answer("soup")}}});
  Server bread({{{answer("bread")}}});
  KeptConnection connection;
  soup.run(
      [&]() -> asio::awaitable<void> { CHECK(co_await page(connection, soup.url()) == "soup"); });
  bread.run(
      [&]() -> asio::awaitable<void> { CHECK(co_await page(connection, bread.url()) == "bread"); });
  CHECK(connection.count() == 2);
}

TEST_CASE("a connection is not kept if the answer says so or ends with it") {
  const std::string to_the_end = "HTTP/1.1 200 OK\r\n\r\nsoup";
  Server server({{{answer("soup", "Connection: Close\r\n")}},
                 {{answer("soup", "Connection: x, close\r\n")}},
                 {{to_the_end, "", Then::hangs_up}},
                 {{answer("soup")}}});
  server.run([&]() -> asio::awaitable<void> {
    KeptConnection connection;
    for (int number = 1; number <= 4; ++number) {
      CHECK(co_await page(connection, server.url()) == "soup");
      CHECK(connection.count() == number);
    }
  });
  CHECK(server.requests().size() == 4);
}

TEST_CASE("what comes unasked is not the next answer") {
  const std::string unasked = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 3\r\n\r\nbye";
  SUBCASE("with the answer") {
    Server server({{{answer("soup") + unasked}, {answer("stew")}}, {{answer("bread")}}});
    check_that_bread_needs_another_connection(server);
    CHECK(server.requests() == Requests{"GET /soup", "GET /bread"});
  }
  SUBCASE("after it") {
    Server server({{{answer("soup"), unasked}, {answer("stew")}}, {{answer("bread")}}});
    server.run([&]() -> asio::awaitable<void> {
      KeptConnection connection;
      CHECK(co_await page(connection, server.url("/soup")) == "soup");
      co_await server.say_it_unasked();
      CHECK(co_await page(connection, server.url("/bread")) == "bread");
      CHECK(connection.count() == 2);
    });
    CHECK(server.requests() == Requests{"GET /soup", "GET /bread"});
  }
}

TEST_CASE("a server that hung up in the meantime is asked once more") {
  SUBCASE("without having read the request") {
    Server server({{{answer("soup"), "", Then::hangs_up}}, {{answer("bread")}}});
    check_that_bread_needs_another_connection(server);
    CHECK(server.requests() == Requests{"GET /soup", "GET /bread"});
  }
  SUBCASE("having read it") {
    Server server({{{answer("soup")}, hangs_up}, {{answer("bread")}}});
    check_that_bread_needs_another_connection(server);
    CHECK(server.requests() == Requests{"GET /soup", "GET /bread", "GET /bread"});
  }
  SUBCASE("and not a third time") {
    Server server({{{answer("soup")}, hangs_up}, {hangs_up}, {{answer("bread")}}});
    server.run([&]() -> asio::awaitable<void> {
      KeptConnection connection;
      CHECK(co_await page(connection, server.url("/soup")) == "soup");
      CHECK(co_await page(connection, server.url("/bread")) ==
            "the server hung up instead of answering");
      CHECK(co_await page(connection, server.url("/bread")) == "bread");
    });
    CHECK(server.requests().size() == 4);
  }
}

TEST_CASE("a server that breaks off its answer is not asked again") {
  Then then = Then::hangs_up;
  std::string expected = "the connection was cut in mid-answer";
  SUBCASE("by hanging up") {}
  SUBCASE("by a reset") {
    then = Then::resets;
    expected = "Connection reset by peer";
  }
  const std::string half = answer("soup").substr(0, 30);
  Server server({{{answer("soup")}, {half, "", then}}, {{answer("bread")}}});
  server.run([&]() -> asio::awaitable<void> {
    KeptConnection connection;
    CHECK(co_await page(connection, server.url("/soup")) == "soup");
    CHECK(co_await page(connection, server.url("/stew")) == expected);
    CHECK(connection.count() == 1);
    CHECK(co_await page(connection, server.url("/bread")) == "bread");
    CHECK(connection.count() == 2);
  });
  CHECK(server.requests() == Requests{"GET /soup", "GET /stew", "GET /bread"});
}

TEST_CASE("the connection of a fetch that was given up is not kept") {
  Server server({{{answer("soup")}}, {{answer("bread")}}});  // and to a second request, nothing
  server.run([&]() -> asio::awaitable<void> {
    KeptConnection connection;
    CHECK(co_await page(connection, server.url("/soup")) == "soup");
    co_await (connection.fetch(server.url("/late")) || let_time_pass());
    CHECK(co_await page(connection, server.url("/bread")) == "bread");
    CHECK(connection.count() == 2);
  });
}
