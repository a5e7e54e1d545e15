#include "thread_watch.hpp"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

#include "children.hpp"
#include "clock.hpp"
#include "events.hpp"
#include "record.hpp"
#include "waiters.hpp"
#include "world.hpp"

namespace virtual_time {
namespace {

pid_t clock_thread = 0;

// Threads in others_sleep(): they pause, which looks like sleep, and wait for nothing.
std::atomic<int> asking{0};

pid_t this_thread() {
  return static_cast<pid_t>(syscall(SYS_gettid));
}

struct Sleepers {
  long threads = 0;
  unsigned long long switches = 0;  // how often they have gone to sleep, in total
};

// Adds a thread, if it sleeps; one that has ended, as main() may have, does not count.
void add_thread(Sleepers& found, const char* task) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%.20s/status", task);
  const long file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
  char text[4096];
  const long size = file < 0 ? 0 : syscall(SYS_read, file, text, sizeof text - 1);
  if (file >= 0) kernel_close(static_cast<int>(file));
  text[size < 0 ? 0 : size] = '\0';
  const char* state = strstr(text, "\nState:\t");
  const char* switches = strstr(text, "\nvoluntary_ctxt_switches:\t");
  if (state && (state[8] == 'Z' || state[8] == 'X')) return;
  if (!state || !switches || state[8] != 'S') {
    found.threads = -1;
    return;
  }
  ++found.threads;
  found.switches += strtoull(switches + 26, nullptr, 10);
}

// Counts the program's threads but `observer`, if all of them sleep in the kernel; -1 if one does
// not.
Sleepers look_at_threads(pid_t observer) {
  Sleepers found;
  const long tasks = syscall(SYS_openat, AT_FDCWD, "/proc/self/task", O_RDONLY | O_DIRECTORY);
  if (tasks < 0) refuse("a second thread where /proc is not mounted");
  alignas(8) char entries[8192];
  for (long size; (size = syscall(SYS_getdents64, tasks, entries, sizeof entries)) > 0;) {
    for (long at = 0; at < size && found.threads >= 0;) {
      // The kernel's struct linux_dirent64: its length at 16, the name at 19.
      const char* name = entries + at + 19;
      uint16_t length;
      memcpy(&length, entries + at + 16, sizeof length);
      at += length;
      const pid_t thread = atoi(name);
      if (name[0] != '.' && thread != clock_thread && thread != observer) add_thread(found, name);
    }
  }
  kernel_close(static_cast<int>(tasks));
  return found;
}

constexpr long short_pause = 50'000;

void pause_for_real(long nanoseconds) {
  static auto* nanosleep = next<int(const timespec*, timespec*)>("nanosleep");
  const timespec time{0, nanoseconds};
  nanosleep(&time, nullptr);
}

// How many threads there are beside the clock's own and `observer`, if at some time all of them
// slept; otherwise -1. A thread that was asleep at both looks and has not gone to sleep in between
// was asleep all the time.
long count_sleepers(pid_t observer) {
  const Sleepers before = look_at_threads(observer);
  if (before.threads < 0) return -1;
  if (observer == clock_thread && asking > 0) return -1;
  if (has_network) pause_for_real(settling_ms * 1'000'000L);
  const Sleepers after = look_at_threads(observer);
  return after.threads == before.threads && after.switches == before.switches ? after.threads : -1;
}

void* run_clock(void*) {
  clock_thread = this_thread();
  for (;;) {
    if (time_is_real()) {
      pause_for_real(1'000'000);
      const WorldLock lock;
      if (is_over) return nullptr;
      catch_up();
      if (!somebody_is_waking() && next_event() <= now) wake_next();
      continue;
    }
    const long sleepers = count_sleepers(clock_thread);
    if (sleepers == 0) exit(0);  // as the program would end without this thread
    if (sleepers < 0) {
      pause_for_real(short_pause);
      continue;
    }
    const WorldLock lock;
    if (is_over) return nullptr;
    if (somebody_is_waking()) continue;  // just about to end
    const long long event = next_event();
    if (event == never) end_stuck();
    advance_to(event);
    wake_next();
  }
  return nullptr;
}

}  // namespace

bool others_sleep() {
  const int error = errno;
  ++asking;
  const bool sleep = count_sleepers(this_thread()) >= 0;
  if (!sleep) pause_for_real(short_pause);
  --asking;
  errno = error;
  return sleep;
}

void start_clock(CreateThread* create) {
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &previous);  // the program's own threads handle its signals
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  if (create(&thread, &attributes, run_clock, nullptr) != 0)
    refuse("more threads than it may start");
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &previous, nullptr);
}

}  // namespace virtual_time
