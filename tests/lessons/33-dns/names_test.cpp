// What the page of lesson 33 promises of its slow names and of their server.
#include <doctest/doctest.h>
#include <netdb.h>
#include <netinet/in.h>

#include <asio.hpp>
#include <atomic>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "../../../lessons/33-dns/ask.hpp"
#include "../../../lessons/33-dns/name_server.hpp"
#include "../../../lessons/33-dns/slow_names.hpp"
#include "../../../lessons/33-dns/suppliers.hpp"
#include "stub.hpp"

using namespace std::chrono_literals;

namespace {

// The searches that have begun.
std::atomic<int> searches = 0;

}  // namespace

// For all tests of this lesson's headers.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  ++searches;
  searches.notify_all();
  return dns::look_up_slowly(name, service, hints, found);
}

namespace {

asio::ip::address_v4 found_slowly(const char* name) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  addrinfo* list = nullptr;
  REQUIRE(dns::look_up_slowly(name, nullptr, &hints, &list) == 0);
  sockaddr_in address{};
  std::memcpy(&address, list->ai_addr, sizeof address);
  freeaddrinfo(list);
  return asio::ip::address_v4(ntohl(address.sin_addr.s_addr));
}

}  // namespace

TEST_CASE("slow names: the suppliers take their time, numbers none") {
  const auto begin = std::chrono::steady_clock::now();
  CHECK(found_slowly("orchard.example").to_string() == "192.0.2.4");
  CHECK(std::chrono::steady_clock::now() - begin >= 100ms);
  CHECK(found_slowly("192.0.2.7") == right);
}

TEST_CASE("Asio's resolver: a search that has begun is not cancelled, and the loop's end waits") {
  const auto begin = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return std::chrono::steady_clock::now() - begin; };
  int before = searches;
  {
    asio::io_context loop;
    asio::ip::tcp::resolver names(loop);
    asio::error_code end = asio::error::would_block;
    names.async_resolve("orchard.example", "", [&](asio::error_code error, const auto& found) {
      end = error;
      CHECK(found.begin()->endpoint().address().to_string() == "192.0.2.4");
    });
    searches.wait(before);  // the resolver's thread begins it
    loop.run_for(50ms);
    names.cancel();
    loop.restart();
    loop.run();
    CHECK(!end);
    CHECK(elapsed() >= 100ms);
    before = searches;
    names.async_resolve("fishery.example", "", [](asio::error_code, const auto&) {});
    searches.wait(before);
    loop.restart();
    loop.run_for(1ms);
  }
  CHECK(elapsed() >= 300ms);
}

TEST_CASE("name server: it knows the suppliers, and loses and forges what it should") {
  std::vector<dns::Record> records{{"dairy.example", "192.0.2.7", 1ms, 1},
                                   {"fishery.example", "192.0.2.7", 1ms, 0, true}};
  asio::io_context loop;
  dns::NameServer server(loop.get_executor(), records);
  auto talk = [&]() -> asio::awaitable<void> {
    const auto lost = co_await dns::ask(server.endpoint(), "dairy.example", 300ms);
    CHECK(lost == std::vector{right});
    CHECK(server.asked() == 2);
    const auto forged = co_await dns::ask(server.endpoint(), "fishery.example", 2s);
    CHECK(forged == std::vector{right});
    CHECK(server.asked() == 3);
    bool unknown = false;
    try {
      co_await dns::ask(server.endpoint(), "brewery.example", 2s);
    } catch (const dns::NoAddress&) {
      unknown = true;
    }
    CHECK(unknown);
    // What is not a question is ignored, and the server goes on.
    asio::ip::udp::socket socket(loop, asio::ip::udp::v4());
    socket.send_to(asio::buffer("rubbish", 7), server.endpoint());
    const auto again = co_await dns::ask(server.endpoint(), "dairy.example", 2s);
    CHECK(again == std::vector{right});
    server.close();
  };
  asio::co_spawn(loop, server.serve(), rethrow);
  asio::co_spawn(loop, talk(), rethrow);
  loop.run_for(20s);
  CHECK(loop.stopped());
}
