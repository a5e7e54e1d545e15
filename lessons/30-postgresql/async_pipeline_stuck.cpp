// A trap: a large pipeline, which is written to its end before
// its answers are read. Look at what each side waits for.
#include <fmt/core.h>
#include <postgresql/libpq-fe.h>
#include <sys/socket.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "../15-timeouts/wait_for.hpp"
#include "address.hpp"
#include "connection.hpp"

using namespace std::chrono_literals;
using pg::Connection, pg::Values;

constexpr int number_of_questions = 1000;

// The buffers of a slow network. Large ones fill up, too, but it
// takes longer.
void make_buffers_small(Connection& own) {
  const int size = 200'000;
  for (const int which : {SO_SNDBUF, SO_RCVBUF}) {
    setsockopt(PQsocket(own.handle()), SOL_SOCKET, which, &size,
               sizeof size);
  }
}

// First the server is busy for a second. Then it answers, and
// each answer is a hundred times as long as its question.
void ask(Connection& own) {
  make_buffers_small(own);
  const Values values(std::string(1000, 'x'));
  PQenterPipelineMode(own.handle());
  PQsendQueryParams(own.handle(), "select pg_sleep(1.0)", 0,
                    nullptr, nullptr, nullptr, nullptr, 0);
  for (int i = 0; i < number_of_questions; ++i) {
    PQsendQueryParams(own.handle(), "select repeat($1, 100)", 1,
                      nullptr, values.pointers().data(), nullptr,
                      nullptr, 0);
  }
  PQpipelineSync(own.handle());
}

// While questions are left to send, it waits until it can write.
asio::awaitable<void> only_write(Connection& own) {
  auto socket = pg::duplicate(co_await asio::this_coro::executor,
                              PQsocket(own.handle()));
  while (PQflush(own.handle()) > 0) {
    co_await socket.async_wait(pg::Descriptor::wait_write,
                               asio::use_awaitable);
  }
}

asio::awaitable<void> write_and_read(Connection& own) {
  co_await own.flush();
}

asio::awaitable<void> send(std::string how,
                           asio::awaitable<void> way,
                           std::chrono::seconds limit) {
  try {
    co_await wait_for(std::move(way), limit);
    fmt::print("{}: all questions are sent\n", how);
  } catch (const TimedOut&) {
    fmt::print("{}: stuck\n", how);
  }
}

asio::awaitable<void> day(std::string address) {
  const auto first = co_await Connection::open(address);
  ask(*first);
  co_await send("Only writing", only_write(*first), 2s);
  const auto second = co_await Connection::open(address);
  ask(*second);
  co_await send("Reading, too", write_and_read(*second), 20s);
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  try {
    const std::string address = pg::address_from(argc, argv);
    asio::io_context loop;
    asio::co_spawn(loop, day(address), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
