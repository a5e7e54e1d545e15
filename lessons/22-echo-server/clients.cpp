// The clients of both servers, on a fixed schedule. Arguments:
// the server's ADDRESS and PROCESS. Look at who hears what, when.
#include <fmt/core.h>

#include <array>
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;
using std::chrono::milliseconds;

// The server that all clients talk to.
struct Server {
  tcp::endpoint address;
  pid_t process = 0;
};

void say(std::string_view name, std::string_view what) {
  fmt::print("{} {}\n", name, what);
}

asio::awaitable<void> pause(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<tcp::socket> come(std::string_view name,
                                  const Server& server) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server.address,
                                asio::use_awaitable);
  say(name, "comes");
  co_return socket;
}

// Says a word, and hears it again.
asio::awaitable<void> talk(std::string_view name,
                           tcp::socket& socket,
                           std::string_view word) {
  co_await asio::async_write(socket, asio::buffer(word),
                             asio::use_awaitable);
  std::string echo(word.size(), ' ');
  co_await asio::async_read(socket, asio::buffer(echo),
                            asio::use_awaitable);
  say(name, "hears " + echo);
}

// Has three things to say, and takes her time.
asio::awaitable<void> ada(const Server& server) {
  tcp::socket socket = co_await come("Ada", server);
  for (const std::string_view word : {"soup", "bread", "salt"}) {
    co_await talk("Ada", socket, word);
    co_await pause(600ms);
  }
  say("Ada", "goes");
}

// Wants one word, quickly.
asio::awaitable<void> ben(const Server& server) {
  co_await pause(200ms);
  tcp::socket socket = co_await come("Ben", server);
  co_await talk("Ben", socket, "coffee");
  say("Ben", "goes");
}

// Is gone before the answer comes.
asio::awaitable<void> cleo(const Server& server) {
  co_await pause(400ms);
  tcp::socket socket = co_await come("Cleo", server);
  const std::string_view word = "tea";
  co_await asio::async_write(socket, asio::buffer(word),
                             asio::use_awaitable);
  // Closed like this, a connection is reset, not ended.
  socket.set_option(asio::socket_base::linger(true, 0));
  socket.close();
  say("Cleo", "vanishes");
}

// Never says a word.
asio::awaitable<void> dan(const Server& server) {
  co_await pause(800ms);
  tcp::socket socket = co_await come("Dan", server);
  char byte = 0;
  asio::error_code end;
  co_await socket.async_read_some(
      asio::buffer(&byte, 1),
      asio::redirect_error(asio::use_awaitable, end));
  say("Dan", "is sent away");
}

// Is there when the server is asked to end.
asio::awaitable<void> eve(const Server& server) {
  tcp::socket socket = co_await come("Eve", server);
  co_await talk("Eve", socket, "cake");
  say("SIGTERM", "is sent");
  kill(server.process, SIGTERM);
  co_await pause(400ms);
  co_await talk("Eve", socket, "wine");
  tcp::socket late(co_await asio::this_coro::executor);
  asio::error_code error;
  co_await late.async_connect(
      server.address,
      asio::redirect_error(asio::use_awaitable, error));
  say("Fay", "comes too late: " + error.message());
  say("Eve", "goes");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> all(const Server& server) {
  co_await (ada(server) && ben(server) && cleo(server) &&
            dan(server));
  co_await eve(server);
}

int main(int argc, char* argv[]) {
  if (argc != 3) {
    fmt::print(stderr, "Usage: {} ADDRESS PROCESS\n", argv[0]);
    return 2;
  }
  const std::string address = argv[1];
  const auto colon = address.rfind(':');
  Server server;
  server.address = {
      asio::ip::make_address(address.substr(0, colon)),
      static_cast<unsigned short>(
          std::stoi(address.substr(colon + 1)))};
  server.process = std::stoi(argv[2]);
  asio::io_context loop;
  asio::co_spawn(loop, all(server), rethrow);
  loop.run();
}
