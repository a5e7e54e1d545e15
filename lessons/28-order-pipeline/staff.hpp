// The processes of a pipeline with a broker: which one starts
// which, and which ones are replaced when they die.
#pragma once

#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "../10-http-request/time_limit.hpp"
#include "../13-futures/waiters.hpp"
#include "../16-cancellation/task_group.hpp"
#include "../22-echo-server/limits.hpp"
#include "../22-echo-server/print_line.hpp"
#include "options.hpp"
#include "piped_child.hpp"

inline std::filesystem::path this_program() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

// A program that runs a broker, and prints its address first.
class BrokerProcess {
 public:
  BrokerProcess(asio::any_io_executor executor,
                const std::filesystem::path& program)
      : process_(executor, {program}) {}

  asio::awaitable<std::string> address() {
    const auto line = co_await process_.line();
    if (!line) throw std::runtime_error("no broker was started");
    co_return *line;
  }

  // Passes on what else it prints, until SIGTERM or SIGINT.
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

  PipedChild process_;
};

// Workers, each a separate process: this program once more.
class Staff {
 public:
  Staff(asio::any_io_executor executor, const Options& options,
        std::string shelf)
      : executor_(executor),
        shelf_(std::move(shelf)),
        number_(options.workers),
        time_(options.time),
        changed_(executor) {}
  Staff(const Staff&) = delete;
  Staff& operator=(const Staff&) = delete;

  // Returns when all have been sent home.
  asio::awaitable<void> run() {
    const auto employ_all =
        [this](TaskGroup& workers) -> asio::awaitable<void> {
      for (int number = 1; number <= number_; ++number) {
        workers.start(employ(number));
      }
      co_return;
    };
    co_await with_task_group(employ_all);
  }

  // Returns when each worker has said that it is ready.
  asio::awaitable<void> ready() {
    while (std::ssize(ready_) < number_) {
      co_await changed_.wait();
    }
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
  // The first line that a worker prints says that it is ready. A
  // worker that dies is replaced, and its order comes again
  // automatically.
  asio::awaitable<void> employ(int number) {
    while (!closed_) {
      PipedChild process(
          executor_,
          {this_program(), "--worker", std::to_string(number),
           "--shelf", shelf_, "--seconds",
           fmt::format(
               "{}",
               std::chrono::duration<double>(time_).count())});
      workers_[number] = &process;
      std::exception_ptr failure;
      try {
        if (co_await process.line()) ready_.insert(number);
        changed_.wake_all();
        while (const auto line = co_await process.line()) {
          print_line(*line);
        }
      } catch (...) {  // cancelled, for instance
        failure = std::current_exception();
      }
      workers_.erase(number);
      changed_.wake_all();
      if (failure) std::rethrow_exception(failure);
      if (closed_) co_return;
      print_line(fmt::format("Worker {} has died", number));
      asio::steady_timer pause(executor_, milliseconds(500));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  asio::any_io_executor executor_;
  std::string shelf_;
  int number_;
  milliseconds time_;  // to pack an order
  std::map<int, PipedChild*> workers_;
  bool closed_ = false;
  std::set<int> ready_;  // those that have been ready, or are
  Waiters changed_;
};
