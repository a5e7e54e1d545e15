#include "start_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "descriptor.hpp"

namespace workbook {
namespace {

[[noreturn]] void fail(int error, const std::string& sentence) {
  throw std::system_error(error, std::generic_category(), sentence);
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

// Which step of the child failed, sent to the parent through a pipe that a successful exec closes.
struct StartFailure {
  enum Step : int { folder, streams, limits, exec };
  Step step;
  int error;
};

// Everything that the child needs between fork and exec, prepared in advance, because there it must
// not allocate.
struct Plan {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder;  // null: ours
  ResourceLimits limits;
  std::array<int, 3> streams;  // what becomes 0, 1 and 2
  int terminal;                // to become the controlling terminal; -1: none
  pid_t parent;
};

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

// Runs in the child: does only what is allowed after fork in a program that may have threads.
[[noreturn]] void become(const Plan& plan, int failures) {
  const auto give_up = [&failures](StartFailure::Step step) {
    const StartFailure failure{step, errno};
    [[maybe_unused]] const auto written = ::write(failures, &failure, sizeof failure);
    ::_exit(127);
  };
  // Makes the child die with the parent; the second line catches a parent that was gone before the
  // first.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(127);

  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  ::setsid();

  // First move all of them out of 0, 1 and 2, where they may be in a different order.
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

}  // namespace

pid_t start_process(const std::vector<std::string>& command, const ProcessOptions& options,
                    const std::array<int, 3>& streams, int terminal) {
  const std::vector<std::string> environment = changed_environment(options.environment);
  const Plan plan{pointers(command),
                  pointers(environment),
                  options.folder.empty() ? nullptr : options.folder.c_str(),
                  options.limits,
                  streams,
                  terminal,
                  ::getpid()};

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail(errno, "No pipe could be opened");
  Descriptor failures(ends[0]);
  Descriptor report(ends[1]);

  // Our signal handlers must not run in the child: they would write into pipes it shares with us.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t id = ::fork();
  const int fork_error = errno;
  if (id == 0) become(plan, report.get());
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (id < 0) fail(fork_error, fmt::format("{} could not be started", command[0]));

  report.reset();
  StartFailure failure{};
  ssize_t received = 0;
  do {
    received = ::read(failures.get(), &failure, sizeof failure);
  } while (received < 0 && errno == EINTR);
  if (received == sizeof failure) {
    while (::waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
    }
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
  return id;
}

}  // namespace workbook
