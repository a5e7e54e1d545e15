// The headers of lesson 26 and SIGPIPE: what they leave as it was.
#include "../../../lessons/26-redis/sigpipe.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asio.hpp>
#include <cerrno>
#include <csignal>
#include <string>

#include "../../../lessons/26-redis/blocking.hpp"
#include "../../../lessons/26-redis/redis.hpp"

namespace {

bool sigpipe_ends_the_program() {
  struct sigaction now {};
  sigaction(SIGPIPE, nullptr, &now);
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  return now.sa_handler == SIG_DFL && sigismember(&blocked, SIGPIPE) == 0;
}

}  // namespace

TEST_CASE("a write into an ended connection is an error, and SIGPIPE is as before") {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  close(ends[0]);
  {
    const redis::NoSigpipe no_sigpipe;
    CHECK(write(ends[1], "x", 1) == -1);
    CHECK(errno == EPIPE);
    {
      const redis::NoSigpipe inner;
      CHECK(write(ends[1], "x", 1) == -1);
    }
    CHECK(write(ends[1], "x", 1) == -1);
  }
  close(ends[1]);
  CHECK(sigpipe_ends_the_program());
}

TEST_CASE("connections to Redis leave SIGPIPE as it was, and are not ended by it") {
  REQUIRE(sigpipe_ends_the_program());
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  const redis::Address address = acceptor.local_endpoint();
  const redis::Connection unused(loop.get_executor(), address);
  acceptor.accept();
  redis::BlockingConnection connection(address);
  CHECK(sigpipe_ends_the_program());
  acceptor.accept().close();
  // More than the system takes at once: the last part meets the end.
  std::string large;
  large.resize(50'000'000, 'x');
  CHECK_THROWS_AS(connection.command("SET", "large", large), redis::Disconnected);
  CHECK(sigpipe_ends_the_program());
}
