#include "child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <asio/error.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/system_error.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <thread>

#include "caught.hpp"
#include "descriptor.hpp"
#include "orphans.hpp"
#include "process_tree.hpp"
#include "pseudo_terminal.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;

// Whether a child has ended that is not reaped yet, and how.
bool has_ended(pid_t child, siginfo_t& info) {
  info = {};
  return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == child;
}

}  // namespace

ChildProcess::ChildProcess(asio::any_io_executor executor, const std::vector<std::string>& command,
                           const ProcessOptions& options)
    : grace_(options.grace), terminal_(executor), exit_(executor) {
  if (command.empty()) {
    throw std::system_error(EINVAL, std::generic_category(), "No program was named");
  }

  Descriptor ours;
  Descriptor childs;
  const bool on_terminal = options.input == Input::terminal ||
                           options.output.kind == Output::Kind::terminal ||
                           options.errors.kind == Output::Kind::terminal;
  if (on_terminal) open_terminal(ours, childs);
  Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null.get() < 0) {
    throw std::system_error(errno, std::generic_category(), "/dev/null could not be opened");
  }

  const auto target = [&](const Output& output, int inherited) {
    switch (output.kind) {
      case Output::Kind::inherited:
        return inherited;
      case Output::Kind::descriptor:
        return output.descriptor;
      case Output::Kind::terminal:
        return childs.get();
    }
    return inherited;
  };
  int source = null.get();
  if (options.input == Input::inherited) source = STDIN_FILENO;
  if (options.input == Input::terminal) source = childs.get();

  // Registered before the child exists, so that no end is missed; used only without pidfd.
  child_ended_.emplace(executor, SIGCHLD);
  id_ = start_process(
      command, options,
      {source, target(options.output, STDOUT_FILENO), target(options.errors, STDERR_FILENO)},
      childs.get());
  childs.reset();

  try {
    note_child(id_);
    if (on_terminal) give(ours, terminal_);
#ifdef SYS_pidfd_open
    Descriptor exit(static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)));
    if (exit.get() >= 0) {
      give(exit, exit_);
      child_ended_.reset();
    }
#endif
  } catch (...) {
    end(SIGKILL, 0ms);
    throw;
  }
}

ChildProcess::~ChildProcess() {
  if (!end_) end(SIGTERM, grace_);
}

bool ChildProcess::try_reap() {
  if (end_) return true;
  siginfo_t info;
  if (!has_ended(id_, info)) return false;
  // Until the child is reaped, its number cannot be given to another process or group. A child that
  // ended well has taken care of its children, except those in its own group.
  ::kill(-id_, SIGKILL);
  if (info.si_code != CLD_EXITED || info.si_status != 0) kill_session(id_);
  int status = 0;
  rusage usage{};
  if (::wait4(id_, &status, 0, &usage) != id_) return false;
  const auto time = [](const timeval& value) {
    return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
  };
  end_.emplace();
  forget_child(id_);
  end_->left_behind = end_orphans();
  end_->cpu_time = time(usage.ru_utime) + time(usage.ru_stime);
  if (WIFSIGNALED(status)) {
    end_->signal = WTERMSIG(status);
  } else {
    end_->code = WEXITSTATUS(status);
  }
  return true;
}

asio::awaitable<ProcessEnd> ChildProcess::wait() {
  while (!try_reap()) {
    if (child_ended_) {
      co_await child_ended_->async_wait(asio::use_awaitable);
    } else {
      co_await exit_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    }
  }
  co_return *end_;
}

asio::awaitable<std::size_t> ChildProcess::read_some(asio::mutable_buffer buffer) {
  // The end is EIO. Linux looks for text first and for the end after that: if the child writes and
  // closes in between, we get EIO while its last text is still there. So the end counts when it is
  // reported twice.
  for (int told = 0; told < 2; ++told) {
    asio::error_code error;
    const std::size_t size = co_await terminal_.async_read_some(
        buffer, asio::redirect_error(asio::use_awaitable, error));
    if (!error) co_return size;
    if (error == asio::error::operation_aborted) throw asio::system_error(error);
  }
  co_return 0;
}

asio::awaitable<void> ChildProcess::read_all(OnOutput on_output) {
  const auto read = [&]() -> asio::awaitable<void> {
    std::array<char, 16384> buffer;
    while (const std::size_t size = co_await read_some(asio::buffer(buffer))) {
      on_output({buffer.data(), size});
    }
  };
  const auto some_time_after_its_end = [&]() -> asio::awaitable<void> {
    co_await wait();
    asio::steady_timer timer(terminal_.get_executor(), 500ms);
    co_await timer.async_wait(asio::use_awaitable);
  };
  const auto first = co_await (caught(read()) || some_time_after_its_end());
  if (first.index() == 0 && std::get<0>(first) != nullptr) {
    std::rethrow_exception(std::get<0>(first));
  }
}

bool ChildProcess::catches(int signal) const {
  // proc(5): SigCgt is a mask, its lowest bit is signal 1.
  std::ifstream status(fmt::format("/proc/{}/status", id_));
  constexpr std::string_view field = "SigCgt:";
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(field)) continue;
    const auto mask = std::strtoull(line.c_str() + field.size(), nullptr, 16);
    return (mask >> (signal - 1) & 1) != 0;
  }
  return false;
}

void ChildProcess::send(int signal) {
  if (!end_) ::kill(-id_, signal);
}

asio::awaitable<void> ChildProcess::ask_to_end(int signal, std::chrono::milliseconds grace) {
  if (end_) co_return;
  send_to_session(id_, signal);
  asio::steady_timer timer(terminal_.get_executor(), grace);
  co_await (wait() || timer.async_wait(asio::use_awaitable));
  end(SIGKILL, 0ms);
}

void ChildProcess::end(int signal, std::chrono::milliseconds grace) {
  if (end_) return;
  if (grace > 0ms) {
    send_to_session(id_, signal);
    const auto deadline = steady_clock::now() + grace;
    siginfo_t info;
    while (steady_clock::now() < deadline &&
           !(has_ended(id_, info) && session_members(id_).empty())) {
      std::this_thread::sleep_for(5ms);
    }
  }
  kill_session(id_);
  while (!try_reap()) std::this_thread::sleep_for(1ms);
}

}  // namespace workbook
