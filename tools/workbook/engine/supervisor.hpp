// Runs children, hands on what they print, and passes signals on to them.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/signal_set.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "caught.hpp"
#include "child_process.hpp"
#include "notice.hpp"

namespace workbook {

// A signal asked us to end (SIGINT, SIGTERM, SIGHUP): the exit status is 128 + signal.
class Interrupted : public std::exception {
 public:
  explicit Interrupted(int signal) : signal_(signal) {}
  int signal() const { return signal_; }
  const char* what() const noexcept override { return "interrupted"; }

 private:
  int signal_;
};

class Supervisor {
 public:
  // From here on signals are passed on instead of ending us. Create it once.
  explicit Supervisor(asio::any_io_executor executor);

  // Runs a command to its end, on a pseudo-terminal; each piece of its output and errors goes to
  // `on_output` as it comes. An exception from on_output ends the child and is rethrown. A signal
  // is handed to the child, which then has two seconds, fifteen if it has a handler for it, or
  // until the next signal, to end; then Interrupted is thrown. Throws std::system_error when the
  // command cannot be started.
  asio::awaitable<ProcessEnd> run(std::vector<std::string> command, ProcessOptions options,
                                  ChildProcess::OnOutput on_output);

  // Waits, unless interrupted.
  asio::awaitable<void> sleep(std::chrono::milliseconds duration);

  // Throws Interrupted when a signal has come.
  void check() const;

  // Does some other work, cut short by a signal; then Interrupted is thrown.
  asio::awaitable<void> interruptible(asio::awaitable<void> work);

  // What to do before Ctrl-Z stops us; nothing with an empty function.
  void before_stop(std::function<void()> what) { before_stop_ = std::move(what); }

 private:
  asio::awaitable<void> watch_signals();
  asio::awaitable<void> signalled();
  void on_signal(int signal);

  asio::any_io_executor executor_;
  asio::signal_set signals_;
  Notice signalled_;  // given when a signal comes
  std::function<void()> before_stop_;
  std::set<ChildProcess*> children_;  // those that are running
  int signal_ = 0;                    // the first that came
};

}  // namespace workbook
