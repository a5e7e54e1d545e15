#include "child_process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/error.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/system_error.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "caught.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using std::chrono::steady_clock;

// A descriptor that is closed on every way out.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }
  void reset(int value = -1) {
    if (value_ >= 0) ::close(value_);
    value_ = value;
  }

 private:
  int value_;
};

[[noreturn]] void fail(int error, const std::string& sentence) {
  throw std::system_error(error, std::generic_category(), sentence);
}

// Both sides of a new pseudo-terminal. It neither echoes nor turns \n into \r\n: what the child
// writes is what we read.
void open_terminal(Descriptor& ours, Descriptor& childs) {
  ours.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  std::array<char, 128> name;
  if (ours.get() < 0 || ::grantpt(ours.get()) != 0 || ::unlockpt(ours.get()) != 0 ||
      ::ptsname_r(ours.get(), name.data(), name.size()) != 0) {
    fail(errno, "No pseudo-terminal could be opened");
  }
  childs.reset(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios settings;
  if (childs.get() < 0 || ::tcgetattr(childs.get(), &settings) != 0) {
    fail(errno, fmt::format("The pseudo-terminal {} could not be opened", name.data()));
  }
  settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(childs.get(), TCSANOW, &settings);

  winsize size;
  for (int descriptor : {STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO}) {
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
      ::ioctl(childs.get(), TIOCSWINSZ, &size);
      break;
    }
  }
}

std::vector<std::string> changed_environment(const std::vector<EnvironmentChange>& changes) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    bool changed = false;
    for (const EnvironmentChange& change : changes) {
      changed = changed || text.substr(0, text.find('=')) == change.name;
    }
    if (!changed) result.emplace_back(text);
  }
  for (auto change = changes.begin(); change != changes.end(); ++change) {
    const bool changed_again = std::any_of(
        change + 1, changes.end(), [&](const auto& later) { return later.name == change->name; });
    if (change->value && !changed_again) result.push_back(change->name + "=" + *change->value);
  }
  return result;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// What the child could not do, sent to the parent through a pipe that a successful exec closes.
struct StartFailure {
  enum Step : int { folder, streams, limits, exec };
  Step step;
  int error;
};

// All that the child needs between fork and exec, prepared before: there it must not allocate.
struct Plan {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder;  // null: ours
  ResourceLimits limits;
  std::array<int, 3> streams;  // what becomes 0, 1 and 2
  int terminal;                // to become the controlling terminal; -1: none
  pid_t parent;
};

bool set_limit(decltype(RLIMIT_CPU) resource, rlim_t soft, rlim_t hard) {
  rlimit current;
  if (::getrlimit(resource, &current) != 0) return false;
  // Nobody but root may raise a limit, so an already lower one stays.
  const rlimit wanted{std::min(soft, current.rlim_max), std::min(hard, current.rlim_max)};
  return ::setrlimit(resource, &wanted) == 0;
}

bool apply(const ResourceLimits& limits) {
  bool done = true;
  if (limits.cpu_soft || limits.cpu_hard) {
    const auto seconds = [](const auto& limit) {
      return limit ? static_cast<rlim_t>(limit->count()) : RLIM_INFINITY;
    };
    const rlim_t hard = seconds(limits.cpu_hard);
    done = set_limit(RLIMIT_CPU, std::min(seconds(limits.cpu_soft), hard), hard) && done;
  }
  if (limits.file_size) {
    done = set_limit(RLIMIT_FSIZE, *limits.file_size, *limits.file_size) && done;
  }
  if (limits.memory) done = set_limit(RLIMIT_DATA, *limits.memory, *limits.memory) && done;
  if (!limits.core_files) done = set_limit(RLIMIT_CORE, 0, 0) && done;
  return done;
}

void close_on_exec_from(int first) {
#ifdef SYS_close_range
  constexpr unsigned close_on_exec = 1U << 2;  // CLOSE_RANGE_CLOEXEC, Linux 5.11
  if (::syscall(SYS_close_range, first, ~0U, close_on_exec) == 0) return;
#endif
  const long limit = std::min(::sysconf(_SC_OPEN_MAX), 65536L);
  for (int descriptor = first; descriptor < limit; ++descriptor) {
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
}

// Runs in the child: only what is allowed after fork in a program that may have threads.
[[noreturn]] void become(const Plan& plan, int failures) {
  const auto give_up = [&failures](StartFailure::Step step) {
    const StartFailure failure{step, errno};
    [[maybe_unused]] const auto written = ::write(failures, &failure, sizeof failure);
    ::_exit(127);
  };
  // Dying with the parent: the second line catches a parent that was gone before the first.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(127);

  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  ::setsid();

  // First all out of the way of 0, 1 and 2, where they may lie crosswise.
  failures = ::fcntl(failures, F_DUPFD_CLOEXEC, 3);
  std::array<int, 3> streams;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    streams[i] = ::fcntl(plan.streams[i], F_DUPFD_CLOEXEC, 3);
    if (streams[i] < 0) give_up(StartFailure::streams);
  }
  if (plan.terminal >= 0) ::ioctl(plan.terminal, TIOCSCTTY, 0);
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (::dup2(streams[i], static_cast<int>(i)) < 0) give_up(StartFailure::streams);
  }
  close_on_exec_from(3);

  if (plan.folder != nullptr && ::chdir(plan.folder) != 0) give_up(StartFailure::folder);
  if (!apply(plan.limits)) give_up(StartFailure::limits);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvpe(plan.arguments[0], plan.arguments.data(), plan.environment.data());
  give_up(StartFailure::exec);
  __builtin_unreachable();
}

struct Process {
  pid_t id;
  pid_t parent;
  pid_t session;
  bool has_ended;  // and nobody has waited for it
};

// All processes that there are.
std::vector<Process> all_processes() {
  std::vector<Process> found;
  DIR* processes = ::opendir("/proc");
  if (processes == nullptr) return found;
  while (const dirent* entry = ::readdir(processes)) {
    const pid_t id = std::atoi(entry->d_name);
    if (id <= 0) continue;
    std::ifstream file(fmt::format("/proc/{}/stat", id));
    std::string line;
    std::getline(file, line);
    // "id (name) state parent group session …"; the name may hold anything.
    const auto after_name = line.rfind(')');
    if (after_name == std::string::npos) continue;
    char state = 0;
    int parent = 0;
    int group = 0;
    int its_session = 0;
    if (std::sscanf(line.c_str() + after_name + 1, " %c %d %d %d", &state, &parent, &group,
                    &its_session) == 4) {
      found.push_back({id, parent, its_session, state == 'Z' || state == 'X'});
    }
  }
  ::closedir(processes);
  return found;
}

// The processes of a session that have not ended, without its leader.
std::vector<pid_t> session_members(pid_t session) {
  std::vector<pid_t> members;
  for (const Process& process : all_processes()) {
    const bool counts = process.session == session && process.id != session && !process.has_ended;
    if (counts) members.push_back(process.id);
  }
  return members;
}

// To all of it: ninja gives each compiler a group of its own. Who was stopped goes on, to see it.
void send_to_session(pid_t session, int signal) {
  for (const int number : {signal, SIGCONT}) {
    ::kill(-session, number);
    for (pid_t member : session_members(session)) ::kill(member, number);
  }
}

// Kills a session whose leader is not reaped yet, and waits until nobody else is left of it. Again
// and again: a process may start another one between our look and our signal.
void kill_session(pid_t session) {
  ::kill(-session, SIGKILL);
  for (int round = 0; round < 1000; ++round) {
    const std::vector<pid_t> members = session_members(session);
    if (members.empty()) break;
    for (pid_t member : members) ::kill(member, SIGKILL);
    std::this_thread::sleep_for(1ms);
  }
}

// Once orphans are adopted: the children that we have started ourselves. None of them ends without
// being forgotten here.
std::optional<std::set<pid_t>> started;

// Ends the processes that we have adopted from a child that is no more: how many there were. Again
// and again: each may have children, which are ours then.
int end_orphans() {
  int count = 0;
  for (int round = 0; round < 1000; ++round) {
    bool found = false;
    for (const Process& process : all_processes()) {
      const bool is_orphan = process.parent == ::getpid() && !started->contains(process.id) &&
                             !started->contains(process.session);
      if (!is_orphan) continue;
      found = true;
      int status = 0;
      ::kill(process.id, SIGKILL);
      const bool reaped = ::waitpid(process.id, &status, WNOHANG) == process.id;
      // By us, or by the end of the terminal. Others had ended before, and nobody had waited for
      // them.
      const int signal = reaped && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
      if (signal == SIGKILL || signal == SIGHUP) ++count;
    }
    if (!found) break;
    std::this_thread::sleep_for(1ms);
  }
  return count;
}

// Whether a child has ended that is not reaped yet, and how.
bool has_ended(pid_t child, siginfo_t& info) {
  info = {};
  return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == child;
}

}  // namespace

void adopt_orphans() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0) started.emplace();
}

ChildProcess::ChildProcess(asio::any_io_executor executor, const std::vector<std::string>& command,
                           const ProcessOptions& options)
    : grace_(options.grace), terminal_(executor), exit_(executor) {
  if (command.empty()) fail(EINVAL, "No program was named");

  Descriptor ours;
  Descriptor childs;
  const bool on_terminal = options.input == Input::terminal ||
                           options.output.kind == Output::Kind::terminal ||
                           options.errors.kind == Output::Kind::terminal;
  if (on_terminal) open_terminal(ours, childs);
  Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null.get() < 0) fail(errno, "/dev/null could not be opened");

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

  const std::vector<std::string> environment = changed_environment(options.environment);
  const Plan plan{
      pointers(command),
      pointers(environment),
      options.folder.empty() ? nullptr : options.folder.c_str(),
      options.limits,
      {source, target(options.output, STDOUT_FILENO), target(options.errors, STDERR_FILENO)},
      childs.get(),
      ::getpid()};

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail(errno, "No pipe could be opened");
  Descriptor failures(ends[0]);
  Descriptor report(ends[1]);

  // Registered before the child exists, so that no end is missed; used only without pidfd.
  child_ended_.emplace(executor, SIGCHLD);

  // Our signal handlers must not run in the child: they would write into pipes it shares with us.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  id_ = ::fork();
  const int fork_error = errno;
  if (id_ == 0) become(plan, report.get());
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (started && id_ > 0) started->insert(id_);
  if (id_ < 0) fail(fork_error, fmt::format("{} could not be started", command[0]));

  report.reset();
  childs.reset();
  StartFailure failure{};
  ssize_t received = 0;
  do {
    received = ::read(failures.get(), &failure, sizeof failure);
  } while (received < 0 && errno == EINTR);
  if (received == sizeof failure) {
    ::waitpid(id_, nullptr, 0);
    if (started) started->erase(id_);
    switch (failure.step) {
      case StartFailure::folder:
        fail(failure.error, fmt::format("{} could not be started in the folder {}", command[0],
                                        options.folder.string()));
      case StartFailure::streams:
        fail(failure.error, fmt::format("The output of {} could not be connected", command[0]));
      case StartFailure::limits:
        fail(failure.error, fmt::format("The limits of {} could not be set", command[0]));
      case StartFailure::exec:
        fail(failure.error, fmt::format("{} could not be started", command[0]));
    }
  }

  try {
    if (on_terminal) {
      terminal_.assign(ours.get());  // does not take it if it throws
      ours.release();
    }
#ifdef SYS_pidfd_open
    Descriptor exit(static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)));
    if (exit.get() >= 0) {
      exit_.assign(exit.get());
      exit.release();
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
  // While the child is not reaped its number cannot be given to another process or group. One that
  // ended well has seen to its children, but for those in its own group.
  ::kill(-id_, SIGKILL);
  if (info.si_code != CLD_EXITED || info.si_status != 0) kill_session(id_);
  int status = 0;
  rusage usage{};
  if (::wait4(id_, &status, 0, &usage) != id_) return false;
  const auto time = [](const timeval& value) {
    return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
  };
  end_.emplace();
  if (started) {
    started->erase(id_);
    end_->left_behind = end_orphans();
  }
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
  // The end is EIO. Linux looks for text first and for the end after that: who writes and closes in
  // between has us told of an end while his last words lie there. So the end counts when told
  // twice.
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
