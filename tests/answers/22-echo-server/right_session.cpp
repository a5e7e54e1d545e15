// Right: an object for each citizen keeps itself alive in its
// handlers.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<std::string> read_line(tcp::socket& socket) {
  std::string line;
  co_await asio::async_read_until(socket, asio::dynamic_buffer(line, 100), '\n',
                                  asio::use_awaitable);
  line.pop_back();
  co_return line;
}

struct Citizen : std::enable_shared_from_this<Citizen> {
  explicit Citizen(tcp::socket given) : socket(std::move(given)), work(socket.get_executor()) {}

  void serve() {
    asio::async_read_until(socket, asio::dynamic_buffer(line, 100), '\n',
                           [self = shared_from_this()](asio::error_code error, std::size_t) {
                             if (!error) self->deal();
                           });
  }
  void deal() {
    work.expires_after(line == "passport\n" ? 3s : line == "form\n" ? 2s : 1s);
    work.async_wait([self = shared_from_this()](asio::error_code) {
      asio::async_write(self->socket, asio::buffer("done\n", 5),
                        [self](asio::error_code, std::size_t) {});
    });
  }

  tcp::socket socket;
  asio::steady_timer work;
  std::string line;
};

asio::awaitable<void> serve(tcp::acceptor& acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    std::make_shared<Citizen>(std::move(socket))->serve();
  }
}

asio::awaitable<void> visit(tcp::endpoint town_hall, std::string thing) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(town_hall, asio::use_awaitable);
  fmt::print("Ask for {}\n", thing);
  const std::string wish = thing + "\n";
  co_await asio::async_write(socket, asio::buffer(wish), asio::use_awaitable);
  const std::string answer = co_await read_line(socket);
  fmt::print("The {} is {}\n", thing, answer);
}

asio::awaitable<void> all(tcp::endpoint town_hall) {
  co_await (visit(town_hall, "passport") && visit(town_hall, "stamp") && visit(town_hall, "form"));
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  const auto loopback = asio::ip::address_v4::loopback();
  tcp::acceptor acceptor(loop, tcp::endpoint(loopback, 0));
  asio::co_spawn(loop, serve(acceptor), rethrow);
  asio::co_spawn(loop, all(acceptor.local_endpoint()), [&](std::exception_ptr error) {
    loop.stop();
    rethrow(error);
  });
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
