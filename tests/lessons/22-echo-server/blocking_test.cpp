// The waits of the blocking server of lesson 22: what a signal and a failing poll do to them.
#include "../../../lessons/22-echo-server/blocking.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>

#include <asio.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>

#include "../../../lessons/22-echo-server/limits.hpp"

namespace {

struct Server {
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor{loop, {asio::ip::address_v4::loopback(), 0}};
  Waits waits{acceptor, Limits{}};
};

}  // namespace

TEST_CASE("the handler of a signal leaves errno as it was, however many come") {
  Server server;
  // Called here: at a second signal the program would end, as it should.
  auto* const handle = std::signal(SIGTERM, SIG_DFL);
  REQUIRE((handle != SIG_DFL));
  errno = 0;
  int changed = 0;
  for (int i = 0; i < 70'000; ++i) {  // more than a pipe has room for
    handle(SIGTERM);
    changed += errno != 0;
  }
  CHECK(changed == 0);
  CHECK_FALSE(server.waits.for_client());
  CHECK(server.waits.end_is_wanted());
}

TEST_CASE("a poll that fails is an error, and is not retried forever") {
  Server server;
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit limit = before;
  limit.rlim_cur = 1;  // poll is asked to watch two
  REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  std::error_code error;
  try {
    server.waits.for_client();
  } catch (const std::system_error& failure) {
    error = failure.code();
  }
  setrlimit(RLIMIT_NOFILE, &before);
  CHECK(error == std::errc::invalid_argument);
}

TEST_CASE("no program that is started inherits the pipe of the signals") {
  const EndWanted end_wanted;
  CHECK((fcntl(end_wanted.descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
}
