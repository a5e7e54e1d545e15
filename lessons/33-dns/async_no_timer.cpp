// A trap: a server's first answer is lost, and c-ares has no
// timer. Look at how often the server is asked.
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "../15-timeouts/wait_for.hpp"
#include "ares.hpp"
#include "name_server.hpp"

using namespace std::chrono_literals;

constexpr std::array<dns::Record, 1> loses_one{
    {{"dairy.example", "192.0.2.2", 100ms, 1}}};

void on_socket(void* number, ares_socket_t socket, int, int) {
  *static_cast<ares_socket_t*>(number) = socket;
}

void on_answer(void* found, int status, int,
               ares_addrinfo* addresses) {
  *static_cast<bool*>(found) = status == ARES_SUCCESS;
  ares_freeaddrinfo(addresses);
}

// What seems to be enough: c-ares is called when its socket is
// ready.
asio::awaitable<void> serve_socket(ares_channel channel,
                                   const ares_socket_t& number) {
  asio::posix::stream_descriptor socket(
      co_await asio::this_coro::executor, dup(number));
  co_await socket.async_wait(socket.wait_read,
                             asio::use_awaitable);
  ares_process_fd(channel, number, ARES_SOCKET_BAD);
}

asio::awaitable<void> without_timer(std::string server) {
  ares_socket_t number = ARES_SOCKET_BAD;
  ares_options options{};
  options.timeout = 200;
  options.tries = 3;
  options.sock_state_cb = on_socket;
  options.sock_state_cb_data = &number;
  ares_channel channel = nullptr;
  ares_init_options(&channel, &options,
                    ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                        ARES_OPT_SOCK_STATE_CB);
  ares_set_servers_ports_csv(channel, server.c_str());
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_INET;
  bool found = false;
  ares_getaddrinfo(channel, "dairy.example", nullptr, &hints,
                   on_answer, &found);
  try {
    auto served = serve_socket(channel, number);
    co_await wait_for(std::move(served), 1s);
  } catch (const TimedOut&) {
  }
  fmt::print("No timer: {}\n", found ? "found" : "nothing in 1s");
  ares_destroy(channel);
}

asio::awaitable<void> with_timer(std::string server) {
  dns::Resolver names(co_await asio::this_coro::executor, server,
                      200ms);
  co_await names.resolve("dairy.example");
  fmt::print("A timer: found\n");
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

// One look-up with its own server, which loses its first answer.
void run(asio::awaitable<void> (*look_up)(std::string)) {
  asio::io_context loop;
  dns::NameServer server(loop.get_executor(), loses_one);
  asio::co_spawn(loop, server.serve(), rethrow);
  asio::co_spawn(loop, look_up(server.address()),
                 [&](std::exception_ptr error) {
                   server.close();
                   rethrow(error);
                 });
  loop.run();
  fmt::print("Questions: {}\n", server.asked());
}

int main() {
  run(without_timer);
  run(with_timer);
}
