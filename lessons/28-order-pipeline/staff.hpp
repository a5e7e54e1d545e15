// The processes of a pipeline with a broker: who starts whom,
// and who is replaced when it dies.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "../10-http-request/time_limit.hpp"
#include "../13-futures/waiters.hpp"
#include "../22-echo-server/print_line.hpp"
#include "child.hpp"
#include "options.hpp"

inline std::filesystem::path this_program() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

// A program of another lesson that prints its address first. It
// is built together with this one.
class BrokerProcess {
 public:
  BrokerProcess(asio::any_io_executor executor,
                const std::string& program)
      : process_(executor, {this_program().parent_path() / ".." /
                            program}) {}

  asio::awaitable<std::string> address() {
    const auto line = co_await process_.line();
    if (!line) throw std::runtime_error("no broker was started");
    co_return *line;
  }

  // Passes on what else it says, until all are to end.
  asio::awaitable<void> listen() {
    using namespace asio::experimental::awaitable_operators;
    asio::signal_set signals(co_await asio::this_coro::executor,
                             SIGTERM, SIGINT);
    co_await (print_lines() ||
              signals.async_wait(asio::use_awaitable));
  }

 private:
  asio::awaitable<void> print_lines() {
    while (const auto line = co_await process_.line()) {
      print_line(*line);
    }
  }

  Child process_;
};

// Workers, each a process of its own: this program once more.
class Staff {
 public:
  Staff(asio::any_io_executor executor, const Options& options,
        std::string shelf)
      : executor_(executor),
        shelf_(std::move(shelf)),
        missing_(options.workers),
        changed_(executor) {
    for (int number = 1; number <= options.workers; ++number) {
      asio::co_spawn(executor, employ(number, options.time),
                     [](std::exception_ptr error) {
                       if (error) std::rethrow_exception(error);
                     });
    }
  }

  // Until each worker has said that it is.
  asio::awaitable<void> ready() {
    while (missing_ > 0) co_await changed_.wait();
  }

  // Each worker still packs the order that it has in hand.
  asio::awaitable<void> send_home() {
    closed_ = true;
    for (auto& [number, process] : workers_) {
      process->ask_to_end();
    }
    while (!workers_.empty()) co_await changed_.wait();
  }

 private:
  // Its first line says that it is ready. Whoever dies is
  // replaced, and its order comes again by itself.
  asio::awaitable<void> employ(int number, milliseconds time) {
    while (!closed_) {
      Child process(
          executor_,
          {this_program(), "--worker", std::to_string(number),
           "--shelf", shelf_, "--seconds",
           fmt::format(
               "{}",
               std::chrono::duration<double>(time).count())});
      workers_[number] = &process;
      if (co_await process.line()) --missing_;
      changed_.wake_all();
      while (const auto line = co_await process.line()) {
        print_line(*line);
      }
      workers_.erase(number);
      changed_.wake_all();
      if (closed_) co_return;
      print_line(fmt::format("Worker {} has died", number));
      asio::steady_timer pause(executor_, milliseconds(500));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  asio::any_io_executor executor_;
  std::string shelf_;
  std::map<int, Child*> workers_;
  bool closed_ = false;
  int missing_;  // who have not been ready yet
  Waiters changed_;
};
