#include "supervisor.hpp"

#include <signal.h>

#include <asio/co_spawn.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

namespace workbook {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

constexpr auto grace = 2s;
// A child that catches the signal has something to finish. (The servers of the lessons allow
// themselves ten seconds for that.)
constexpr auto long_grace = 15s;

asio::awaitable<void> wait_for(asio::any_io_executor executor, std::chrono::milliseconds duration) {
  asio::steady_timer timer(executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

// Forgets a running child on every way out.
class Running {
 public:
  Running(std::set<ChildProcess*>& children, ChildProcess& child)
      : children_(children), child_(child) {
    children_.insert(&child_);
  }
  ~Running() { children_.erase(&child_); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  std::set<ChildProcess*>& children_;
  ChildProcess& child_;
};

}  // namespace

Supervisor::Supervisor(asio::any_io_executor executor)
    : executor_(executor), signals_(executor, SIGINT, SIGTERM, SIGHUP) {
  signals_.add(SIGTSTP);
  asio::co_spawn(executor_, watch_signals(), rethrow);
}

asio::awaitable<void> Supervisor::watch_signals() {
  asio::error_code error;
  while (!error) {
    const int signal =
        co_await signals_.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (!error) on_signal(signal);
  }
}

void Supervisor::on_signal(int signal) {
  if (signal == SIGTSTP) {
    // A child has no terminal that could stop it, so we stop it, and continue it when we are
    // continued.
    for (ChildProcess* child : children_) child->send(SIGSTOP);
    if (before_stop_) before_stop_();
    ::raise(SIGSTOP);
    for (ChildProcess* child : children_) child->send(SIGCONT);
    return;
  }
  const bool again = signal_ != 0;
  if (!again) signal_ = signal;
  signalled_.give();
  for (ChildProcess* child : children_) {
    if (again) {
      child->end(SIGTERM, 100ms);
    } else {
      child->send(signal);
    }
  }
}

asio::awaitable<ProcessEnd> Supervisor::run(std::vector<std::string> command,
                                            ProcessOptions options,
                                            ChildProcess::OnOutput on_output) {
  check();
  options.output = Output::terminal();
  options.errors = Output::terminal();
  options.grace = grace;
  ChildProcess child(executor_, command, options);
  const Running running(children_, child);

  // After the signal the child has the grace to end; this timer wakes at its end.
  const auto impatience = [&]() -> asio::awaitable<void> {
    co_await signalled();
    const auto patience = child.catches(signal_) ? long_grace : grace;
    co_await wait_for(executor_, patience);
    child.end(SIGKILL, 0ms);
  };
  const auto result = co_await (caught(child.read_all(on_output)) || impatience());
  if (result.index() == 0 && std::get<0>(result) != nullptr) {
    std::rethrow_exception(std::get<0>(result));
  }
  // The child may have closed its output but still be running.
  co_await (child.wait() || impatience());
  const ProcessEnd end = co_await child.wait();
  check();
  co_return end;
}

asio::awaitable<void> Supervisor::sleep(std::chrono::milliseconds duration) {
  check();
  co_await wait_for(executor_, duration);
  check();
}

void Supervisor::check() const {
  if (signal_ != 0) throw Interrupted(signal_);
}

asio::awaitable<void> Supervisor::signalled() {
  while (signal_ == 0) co_await signalled_.wait();
}

asio::awaitable<void> Supervisor::interruptible(asio::awaitable<void> work) {
  check();
  const auto result = co_await (caught(std::move(work)) || signalled());
  check();
  if (result.index() == 0 && std::get<0>(result) != nullptr) {
    std::rethrow_exception(std::get<0>(result));
  }
}

}  // namespace workbook
