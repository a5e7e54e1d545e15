#include "supervisor.hpp"

#include <signal.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace workbook {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

constexpr auto grace = 2s;
// Who catches the signal has something to finish. (The servers of the lessons allow themselves ten
// seconds for that.)
constexpr auto long_grace = 15s;

asio::awaitable<void> wait_for(asio::any_io_executor executor, std::chrono::milliseconds duration) {
  asio::steady_timer timer(executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

// Hands on all that the child prints, to the end.
asio::awaitable<void> relay(ChildProcess& child, const Supervisor::OnOutput& on_output) {
  std::array<char, 16384> buffer;
  while (const std::size_t size = co_await child.read_some(asio::buffer(buffer))) {
    on_output({buffer.data(), size});
  }
}

// Ends when the child has, and some time after: what it left running in another group may hold its
// terminal open for ever.
asio::awaitable<void> ended(asio::any_io_executor executor, ChildProcess& child) {
  co_await child.wait();
  co_await wait_for(executor, 500ms);
}

// Forgets the running child on every way out.
class Running {
 public:
  Running(ChildProcess*& slot, ChildProcess& child) : slot_(slot) { slot_ = &child; }
  ~Running() { slot_ = nullptr; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  ChildProcess*& slot_;
};

}  // namespace

asio::awaitable<std::exception_ptr> caught(asio::awaitable<void> work) {
  try {
    co_await std::move(work);
  } catch (...) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

Supervisor::Supervisor(asio::any_io_executor executor)
    : executor_(executor),
      signals_(executor, SIGINT, SIGTERM, SIGHUP),
      signalled_(executor, asio::steady_timer::time_point::max()) {
  signals_.add(SIGTSTP);
  asio::co_spawn(executor_, watch_signals(), asio::detached);
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
    // The child has no terminal that could stop it, so we do, and wake it when we are woken.
    if (child_ != nullptr) child_->send(SIGSTOP);
    if (before_stop_) before_stop_();
    ::raise(SIGSTOP);
    if (child_ != nullptr) child_->send(SIGCONT);
    return;
  }
  const bool again = signal_ != 0;
  if (!again) signal_ = signal;
  signalled_.cancel();
  if (child_ == nullptr) return;
  if (again) {
    child_->end(SIGTERM, 100ms);
  } else {
    child_->send(signal);
  }
}

asio::awaitable<ProcessEnd> Supervisor::run(std::vector<std::string> command,
                                            ProcessOptions options, OnOutput on_output) {
  check();
  options.output = Output::terminal();
  options.errors = Output::terminal();
  options.grace = grace;
  ChildProcess child(executor_, command, options);
  const Running running(child_, child);

  // Told to end, the child has the grace to do so; this one wakes at its end.
  const auto impatience = [&]() -> asio::awaitable<void> {
    co_await signalled();
    const auto patience = child.catches(signal_) ? long_grace : grace;
    co_await wait_for(executor_, patience);
    child.end(SIGKILL, 0ms);
  };
  const auto result =
      co_await (caught(relay(child, on_output)) || ended(executor_, child) || impatience());
  if (result.index() == 0 && std::get<0>(result) != nullptr) {
    std::rethrow_exception(std::get<0>(result));
  }
  // It may have closed its output and go on.
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
  asio::error_code cancelled;
  while (signal_ == 0) {
    co_await signalled_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
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
