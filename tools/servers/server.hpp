// What every server here does: it prints its address as its first line, as soon as clients may
// connect, and ends in order at SIGTERM, at Ctrl-C, and when the program that started it dies.
#pragma once

#include <fmt/core.h>
#include <sys/prctl.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "caught.hpp"
#include "engine.hpp"

namespace servers {

// Each line is written at once, even to a pipe.
inline void print_line(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// True for those that ask a server to end; the others are its own.
inline bool is_end(int signal) {
  return signal != SIGUSR1 && signal != SIGUSR2;
}

// What the caller has given does not let it start. Says so, and what to do.
struct CannotStart : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Runs `serve(signals)`, which returns at a signal to end. Returns the exit status: 2 for
// CannotStart.
template <typename Serve>
int run_server(char* argv[], Serve serve) {
  try {
    asio::io_context loop;
    asio::signal_set signals(loop, SIGTERM, SIGINT, SIGHUP);
    signals.add(SIGUSR1);
    signals.add(SIGUSR2);
    // Not SIGKILL, which ChildProcess has arranged: there is a folder to delete.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    asio::co_spawn(loop, serve(signals), workbook::rethrow);
    loop.run();
    return 0;
  } catch (const CannotStart& error) {
    fmt::print(stderr, "{}.\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}

// Returns when one of them asks the server to end. The others are lost until then.
inline asio::awaitable<void> wait_for_end(asio::signal_set& signals) {
  int signal = 0;  // (g++ 12 awaits once, and loops forever, if this is not a variable.)
  do {
    signal = co_await signals.async_wait(asio::use_awaitable);
  } while (!is_end(signal));
}

// False if a signal to end comes before it is ready.
template <typename Engine>
asio::awaitable<bool> start(Engine& engine, asio::signal_set& signals) {
  using namespace asio::experimental::awaitable_operators;
  const auto first = co_await (workbook::caught(engine.start()) || wait_for_end(signals));
  if (first.index() == 1) co_return false;
  workbook::rethrow(std::get<0>(first));
  co_return true;
}

// An engine that is another program: `Engine` has start(), address(), and process(). SIGUSR1 kills
// it and starts it again, at the same address and with its data, and is lost while it starts.
template <typename Engine>
asio::awaitable<void> serve_engine(asio::signal_set& signals) {
  using namespace asio::experimental::awaitable_operators;
  Engine engine(co_await asio::this_coro::executor);
  if (!co_await start(engine, signals)) co_return;
  print_line(engine.address());
  for (;;) {
    const auto first =
        co_await (engine.process().wait() || signals.async_wait(asio::use_awaitable));
    const int* signal = std::get_if<int>(&first);
    if (signal == nullptr) throw std::runtime_error("the server's program ended unexpectedly");
    if (is_end(*signal)) co_return;
    if (*signal != SIGUSR1) continue;
    engine.process().end(SIGKILL, std::chrono::milliseconds(0));
    print_line("The server is killed");
    if (!co_await start(engine, signals)) co_return;
    print_line("The server is back");
  }
}

}  // namespace servers
