// A Redis of its own for the programs of this lesson: on a free
// port, in a private folder. Look at what happens when it dies.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine.hpp"

using asio::ip::tcp;

unsigned short free_port(asio::io_context& loop) {
  const auto loopback = asio::ip::address_v4::loopback();
  return tcp::acceptor(loop, {loopback, 0})
      .local_endpoint()
      .port();
}

std::vector<std::string> redis_command(unsigned short port) {
  std::vector<std::string> command = {"redis-server"};
  const auto set = [&](const char* name,
                       const std::string& value) {
    command.insert(command.end(), {name, value});
  };
  set("--bind", "127.0.0.1");
  set("--port", std::to_string(port));
  set("--appendonly", "yes");      // a log of all changes, ...
  set("--appendfsync", "always");  // ... on disk first
  set("--save", "");               // no snapshots besides
  set("--logfile", "");            // to us
  return command;
}

std::string reason(const Engine& engine, int status) {
  if (status == 127) {
    return "redis-server cannot be started: sudo apt-get "
           "install redis-server";
  }
  return fmt::format("redis-server has ended with status {}: {}",
                     status, engine.line());
}

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

asio::awaitable<void> serve(unsigned short port,
                            const std::string& folder,
                            Engine*& running, bool& stopped) {
  const auto executor = co_await asio::this_coro::executor;
  std::string news = fmt::format("127.0.0.1:{}", port);
  while (!stopped) {
    Engine engine(executor, redis_command(port), folder);
    running = &engine;
    const bool ready = co_await engine.says("Ready to accept");
    if (ready) say(news);
    const int status = co_await engine.end();
    running = nullptr;
    if (stopped) co_return;
    if (!ready) throw std::runtime_error(reason(engine, status));
    say("Redis has died");
    news = "Redis is back";
    asio::steady_timer pause(executor,
                             std::chrono::milliseconds(500));
    co_await pause.async_wait(asio::use_awaitable);
  }
}

// What a task throws must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int, char* argv[]) {
  try {
    asio::io_context loop;
    const PrivateFolder folder("workbook-redis");
    Engine* running = nullptr;
    bool stopped = false;
    asio::signal_set signals(loop, SIGTERM, SIGINT, SIGHUP);
    signals.async_wait([&](auto, int) {
      stopped = true;
      if (running) running->stop();
    });
    asio::co_spawn(
        loop,
        serve(free_port(loop), folder.path(), running, stopped),
        [&](std::exception_ptr error) {
          signals.cancel();
          rethrow(error);
        });
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[0], error.what());
    return 1;
  }
}
