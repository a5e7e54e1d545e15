#include "real_wait.hpp"

#include <fmt/format.h>
#include <sys/syscall.h>

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace workbook {
namespace {

using namespace std::chrono_literals;

// The threads that have not ended: how many there are, whether all of them sleep, and how often
// they have gone to sleep up to now.
struct SleepState {
  int threads = 0;
  int of_children = 0;  // of these threads
  bool all_sleep = true;
  unsigned long long switches = 0;

  bool operator==(const SleepState&) const = default;
};

void add_thread(SleepState& state, const std::filesystem::path& task) {
  char letter = 'X';
  unsigned long long switches = 0;
  std::ifstream status(task / "status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("State:\t")) letter = line[7];
    if (line.starts_with("voluntary_ctxt_switches:")) switches = std::stoull(line.substr(24));
  }
  if (letter == 'Z' || letter == 'X') return;
  ++state.threads;
  state.all_sleep = state.all_sleep && letter == 'S';
  state.switches += switches;
}

// Of the process and of its children: a sanitizer that reports something waits for its symbolizer,
// which may take a while.
SleepState sleep_state(pid_t process) {
  SleepState state;
  std::error_code error;
  for (const auto& task :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process), error)) {
    add_thread(state, task.path());
    std::ifstream children(task.path() / "children");
    for (pid_t child; children >> child;) {
      const SleepState its = sleep_state(child);
      state.threads += its.threads;
      state.of_children += its.threads;
      state.all_sleep = state.all_sleep && its.all_sleep;
      state.switches += its.switches;
    }
  }
  return state;
}

RealWait cause_of_real_wait(pid_t process) {
  long number = -1;
  std::ifstream(fmt::format("/proc/{}/syscall", process)) >> number;
  static constexpr std::pair<long, const char*> names[] = {
      {SYS_read, "read"},
      {SYS_readv, "readv"},
      {SYS_recvfrom, "recv"},
      {SYS_recvmsg, "recvmsg"},
      {SYS_accept, "accept"},
      {SYS_accept4, "accept"},
      {SYS_connect, "connect"},
      {SYS_write, "write"},
      {SYS_writev, "writev"},
      {SYS_sendto, "send"},
      {SYS_sendmsg, "sendmsg"},
      {SYS_rt_sigsuspend, "sigsuspend"},
      {SYS_rt_sigtimedwait, "sigwait"},
      {SYS_flock, "flock"},
      {SYS_fcntl, "fcntl"},
      {SYS_wait4, "wait"},
      {SYS_waitid, "waitid"},
      {SYS_clock_nanosleep, "clock_nanosleep"},
      {SYS_ppoll, "ppoll"},
#ifdef SYS_pause
      {SYS_pause, "pause"},
#endif
  };
  if (number == SYS_futex) {
    return {
        "It is stuck: it waits for a lock or an event, and nothing is left that could release it.",
        true};
  }
  for (const auto& [known, name] : names) {
    if (known == number) {
      return {fmt::format(
          "It waited in a way the simulated clock does not support: in {}, which did not return. "
          "While a thread is in such a call, no task runs on it.",
          name)};
    }
  }
  return {fmt::format("It waited in a way the simulated clock does not support: in system call {}.",
                      number)};
}

bool reads_standard_input(pid_t process) {
  std::error_code error;
  for (const auto& task :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process), error)) {
    long number = -1;
    std::string descriptor;
    std::ifstream(task.path() / "syscall") >> number >> descriptor;
    if ((number == SYS_read || number == SYS_readv) && descriptor == "0x0") return true;
  }
  return false;
}

}  // namespace

asio::awaitable<RealWait> watch_for_real_wait(pid_t process, RealWaits allowed) {
  constexpr auto interval = 50ms;
  constexpr int limit = 10;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  auto last = sleep_state(process);
  for (int unchanged = 0; unchanged < limit;) {
    timer.expires_after(interval);
    co_await timer.async_wait(asio::use_awaitable);
    const auto state = sleep_state(process);
    unchanged = state.all_sleep && state == last ? unchanged + 1 : 0;
    const bool waits_for_others = unchanged == limit && allowed == RealWaits::foreign &&
                                  (state.of_children > 0 || reads_standard_input(process));
    if (waits_for_others) unchanged = 0;
    last = state;
  }
  co_return cause_of_real_wait(process);
}

}  // namespace workbook
