// What counts the system calls of lesson 35: each call once, under its name, and none of the
// clients' own. (That io_uring_enter is counted, and the waits of each backend: counted.cpp.)
#include "../../../lessons/35-backends/wrap_calls.hpp"

#include <doctest/doctest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <thread>

#include "../../../lessons/35-backends/clients.hpp"

namespace {

using Named = std::map<std::string, long>;

// What `work` calls, without what it does not call.
Named calls_of(const std::function<void()>& work) {
  const Counts before = counts_until_now();
  work();
  const Counts after = counts_until_now();
  Named named;
  for (std::size_t call = 0; call < call_names.size(); ++call) {
    if (after[call] != before[call]) named[call_names[call]] = after[call] - before[call];
  }
  return named;
}

// Two ends of a connection.
struct Pair {
  Pair() { asio::local::connect_pair(here, there); }
  asio::io_context loop;
  asio::local::stream_protocol::socket here{loop}, there{loop};
};

}  // namespace

TEST_CASE("each function is counted once, under its own name") {
  Pair pair;
  const int here = pair.here.native_handle();
  const int there = pair.there.native_handle();
  char text[] = "soup";
  iovec part{text, 1};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;

  CHECK(calls_of([&] { CHECK(::send(here, text, 1, 0) == 1); }) == Named{{"send", 1}});
  CHECK(calls_of([&] { CHECK(::recv(there, text, 1, 0) == 1); }) == Named{{"recv", 1}});
  CHECK(calls_of([&] { CHECK(::sendmsg(here, &message, 0) == 1); }) == Named{{"sendmsg", 1}});
  CHECK(calls_of([&] { CHECK(::recvmsg(there, &message, 0) == 1); }) == Named{{"recvmsg", 1}});
  CHECK(calls_of([&] { CHECK(::write(here, text, 1) == 1); }) == Named{{"write", 1}});

  pollfd wanted{there, POLLIN, 0};
  CHECK(calls_of([&] { CHECK(::poll(&wanted, 1, 0) == 1); }) == Named{{"poll", 1}});
  fd_set ready;
  FD_ZERO(&ready);
  FD_SET(there, &ready);
  timeval now{};
  CHECK(calls_of([&] { CHECK(::select(there + 1, &ready, nullptr, nullptr, &now) == 1); }) ==
        Named{{"select", 1}});
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  CHECK(::epoll_ctl(epoll, EPOLL_CTL_ADD, there, &event) == 0);
  CHECK(calls_of([&] { CHECK(::epoll_wait(epoll, &event, 1, 0) == 1); }) ==
        Named{{"epoll_wait", 1}});
  ::close(epoll);
  CHECK(calls_of([&] { CHECK(::read(there, text, 1) == 1); }) == Named{{"read", 1}});
}

TEST_CASE("what Asio calls is counted") {
  Pair pair;
  std::string echo(4, ' ');
  CHECK(calls_of([&] {
          asio::write(pair.here, asio::buffer("soup", 4));
          asio::read(pair.there, asio::buffer(echo));
        }) == Named{{"recv", 1}, {"send", 1}});
  CHECK(echo == "soup");
  const std::array<asio::const_buffer, 2> parts{asio::buffer("so", 2), asio::buffer("up", 2)};
  CHECK(calls_of([&] { asio::write(pair.here, parts); }) == Named{{"sendmsg", 1}});
}

TEST_CASE("what the clients call is not counted, and the other threads' calls are") {
  Pair pair;
  const auto send = [&] { CHECK(::send(pair.here.native_handle(), "", 1, 0) == 1); };
  CHECK(calls_of([&] {
          const Uncounted outer;
          send();
          {
            const Uncounted inner;
            send();
          }
          send();
          std::thread(send).join();
        }) == Named{{"send", 1}});
  CHECK(calls_of(send) == Named{{"send", 1}});
}

TEST_CASE("the number of calls a message") {
  CHECK(a_message(200, 100) == "2.0");
  CHECK(a_message(297, 100) == "3.0");
  CHECK(a_message(10, 100) == "0.1");
  CHECK(a_message(9, 100) == "under 0.1");
}

TEST_CASE("a client that hears something else says so") {
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  Clients clients(acceptor.local_endpoint(), 1);
  asio::ip::tcp::socket socket = acceptor.accept();
  const auto answer = [&](std::size_t) { asio::write(socket, asio::buffer("soap", 4)); };
  CHECK_THROWS_WITH(clients.talk("", answer), "A client has heard soap");
}
