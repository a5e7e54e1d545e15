// Simulated time for a program that knows nothing of it. Preloaded (LD_PRELOAD), this library
// stands between the program and the C library: its clock stands still while the program computes,
// and when every thread waits it jumps to the next deadline. So a run takes no time, and is the
// same every time.
//
// What to look for: look() and advance_to() are the only places where time moves. wait_on() and
// wait_for_condition() are the waits of a thread; a program with one thread moves the clock there
// itself. From the second thread on run_clock() does it, once it has seen that all threads sleep in
// the kernel.
//
// VIRTUAL_TIME_TRACE=FILE asks for a record of the run, a line each, times in nanoseconds since the
// program's start:
//   <time> at <bytes> <bytes>   written to stdout and to stderr at that time; both must be regular
//                               files: their sizes are what is recorded
//   <time> slept <duration>     from that time on the main thread slept, as in sleep_for
//   <time> end                  or stuck, silent, refused <what>: how it ended; not after a crash
// Nothing is put between the program and its streams, so it does not matter what it prints with.
#include "world.hpp"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

namespace virtual_time {
namespace {

constexpr long long boot = second;  // steady clocks never read 0
constexpr long long epoch =
    1'704'110'400LL * second;                  // the wall clock starts 2024-01-01 12:00:00 UTC
constexpr long long patience = 3600 * second;  // who is silent for longer does not go on
constexpr int exit_status = 70;                // of a program that was ended here

// --- The clock ----------------------------------------------------------------------------------

// What this library does for itself goes straight to the kernel, past a sanitizer, which could not
// see how the lock above orders it.
void kernel_yield() {
  syscall(SYS_sched_yield);
}

void kernel_close(int fd) {
  syscall(SYS_close, fd);
}

int kernel_poll(pollfd* descriptors, nfds_t count, int timeout_ms) {
  const timespec timeout{timeout_ms / 1000, timeout_ms % 1000 * 1'000'000L};
  return static_cast<int>(
      syscall(SYS_ppoll, descriptors, count, timeout_ms < 0 ? nullptr : &timeout, nullptr, 0));
}

// Guards all that follows. A spinning thread counts as running (see all_others_sleep), one that
// waited for a mutex would not. May be taken again by who has it: a sanitizer that reports
// something calls our functions from within.
std::atomic_flag world_lock = ATOMIC_FLAG_INIT;
thread_local bool holds_world_lock = false;

class WorldLock {
 public:
  WorldLock() : outermost_(!holds_world_lock) {
    while (outermost_ && world_lock.test_and_set(std::memory_order_acquire)) kernel_yield();
    holds_world_lock = true;
  }
  ~WorldLock() {
    if (!outermost_) return;
    holds_world_lock = false;
    world_lock.clear(std::memory_order_release);
  }

 private:
  const bool outermost_;
};

long long now = 0;
long long last_output = 0;
long looks_since_wait = 0;
long looks_standing_still = 0;
// The program has ended. A sanitizer that looks for leaks may still wait or look at the clock: that
// is not being stuck, and takes no time.
bool is_over = false;
std::atomic<bool> has_threads{false};
std::atomic<bool> has_network{false};

int trace = -1;
int out =
    -1;  // the files that were stdout and stderr at the start, even if the program closes them
int err = -1;
off_t out_size = 0;
off_t err_size = 0;
off_t step_size = 0;  // of the last record, if all it says is that time has moved

off_t size_of(int fd) {
  struct stat status;
  return fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : 0;
}

void record(const char* format, ...) {
  if (trace < 0) return;
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  const size_t size = length < static_cast<int>(sizeof line) ? length : sizeof line - 1;
  if (write(trace, line, size) < 0) trace = -1;
  step_size = 0;
}

// One such record is enough, however often a program waits: it tells how far a crash had come.
void record_step() {
  if (trace < 0) return;
  const off_t begin = size_of(trace) - step_size;
  if (step_size > 0 && ftruncate(trace, begin) < 0) trace = -1;
  record("%lld at %lld %lld\n", now, static_cast<long long>(out_size),
         static_cast<long long>(err_size));
  step_size = size_of(trace) - begin;
}

void record_output() {
  const off_t new_out = size_of(out);
  const off_t new_err = size_of(err);
  if (new_out == out_size && new_err == err_size) return;
  out_size = new_out;
  err_size = new_err;
  last_output = now;
  record("%lld at %lld %lld\n", now, static_cast<long long>(out_size),
         static_cast<long long>(err_size));
}

void finish(const char* how) {
  record_output();
  record("%lld %s\n", now, how);
  trace = -1;
}

[[noreturn]] void end_program(const char* how, const char* sentence) {
  fflush(stdout);
  if (trace < 0) fprintf(stderr, "%s\n", sentence);  // nobody reads a record: tell whoever looks
  finish(how);
  next<void(int)>("_exit")(exit_status);
  __builtin_unreachable();
}

[[noreturn]] void end_stuck() {
  end_program("stuck", "stuck: every thread waits, and nothing is left that could wake one");
}

// Time moves here...
void advance_to(long long time) {
  looks_since_wait = 0;
  if (time <= now) return;
  record_output();
  now = time;
  record_step();
  if (now - last_output >= patience) {
    end_program("silent", "silent: nothing was printed for an hour of simulated time");
  }
}

long long saturated(long long seconds, long long nanoseconds) {
  if (seconds >= never / second - 1) return never;
  return seconds * second + nanoseconds;
}
long long to_ns(const timespec& time) {
  return saturated(time.tv_sec, time.tv_nsec);
}
long long to_ns(const timeval& time) {
  return saturated(time.tv_sec, time.tv_usec * 1000);
}

timespec to_timespec(long long nanoseconds) {
  return {static_cast<time_t>(nanoseconds / second), static_cast<long>(nanoseconds % second)};
}

bool is_valid(const timespec& time) {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < second;
}

long long in(long long duration) {
  if (duration <= 0) return now;
  return duration >= never - now ? never : now + duration;
}

// The deadline an absolute time stands for. The wall clock and the steady clock are 54 years apart,
// so the value itself tells which of them is meant; a condition variable's clock cannot be asked
// for.
long long at(const timespec& time) {
  const long long value = to_ns(time);
  if (value == never) return never;
  return value >= epoch / 2 ? value - epoch : value - boot;
}

// --- Who waits ----------------------------------------------------------------------------------

// A thread that waits, in a program with several threads. It waits for real, without a time-out;
// the clock wakes it when simulated time has come to its deadline.
struct Waiter {
  long long deadline = never;
  int event = -1;                       // wakes a thread in poll()
  pthread_cond_t* condition = nullptr;  // what it waits for, if that is a condition variable
  uint32_t* futex = nullptr;            // wakes a thread in futex()
  bool expired = false;                 // woken by the clock
  bool notified = false;                // woken by the program, through its condition variable
  Waiter* following = nullptr;

  explicit Waiter(long long until) : deadline(until) {}
  void enter();
  void leave();
  void wake() const {
    if (event >= 0) {
      const uint64_t one = 1;
      syscall(SYS_write, event, &one, sizeof one);
    }
    if (futex) syscall(SYS_futex, futex, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
  }
};
Waiter* waiters = nullptr;  // who came first stands first

void Waiter::enter() {
  const WorldLock lock;
  Waiter** place = &waiters;
  while (*place) place = &(*place)->following;
  *place = this;
}

void Waiter::leave() {
  const WorldLock lock;
  for (Waiter** place = &waiters; *place; place = &(*place)->following) {
    if (*place == this) {
      *place = following;
      return;
    }
  }
}

// The first of those whose deadline is the earliest; null when nobody waits with a time-out.
Waiter* next_waiter() {
  Waiter* earliest = nullptr;
  for (Waiter* waiter = waiters; waiter; waiter = waiter->following) {
    if (waiter->expired || waiter->notified || waiter->deadline == never) continue;
    if (!earliest || waiter->deadline < earliest->deadline) earliest = waiter;
  }
  return earliest;
}

bool somebody_is_waking() {
  for (const Waiter* waiter = waiters; waiter; waiter = waiter->following) {
    if (waiter->expired || waiter->notified) return true;
  }
  return false;
}

// --- Timer descriptors --------------------------------------------------------------------------

// Asio keeps its earliest deadline in a timerfd. The deadline is remembered here and the real timer
// kept disarmed until the simulated clock gets there.
struct Timer {
  int fd = -1;
  long long deadline = never;
  long long interval = 0;
};
Timer timers[256];

Timer* timer_of(int fd) {
  for (Timer& timer : timers) {
    if (timer.fd == fd) return &timer;
  }
  return nullptr;
}

long long earliest_timer() {
  long long earliest = never;
  for (const Timer& timer : timers) {
    if (timer.fd >= 0 && timer.deadline < earliest) earliest = timer.deadline;
  }
  return earliest;
}

// Makes every timer readable whose time has come.
void fire_due_timers() {
  static auto* settime = next<int(int, int, const itimerspec*, itimerspec*)>("timerfd_settime");
  for (Timer& timer : timers) {
    if (timer.fd < 0 || timer.deadline > now) continue;
    timer.deadline = timer.interval > 0 ? timer.deadline + timer.interval : never;
    const itimerspec at_once{{}, {0, 1}};
    if (settime(timer.fd, 0, &at_once, nullptr) != 0) {
      timer = Timer{};  // closed in a way that was not seen
      continue;
    }
    pollfd expired{timer.fd, POLLIN, 0};
    kernel_poll(&expired, 1, -1);  // a microsecond: the kernel's timer fires in an interrupt
  }
}

// --- The clock moves ----------------------------------------------------------------------------

// The next thing that happens, of what waits for the clock; `never` when nothing does.
long long next_event() {
  const Waiter* waiter = next_waiter();
  const long long timer = earliest_timer();
  return waiter && waiter->deadline < timer ? waiter->deadline : timer;
}

// Wakes one of those whose time has come: one at a time, so that who is due at the same moment
// comes in the same order in every run.
void wake_next() {
  Waiter* waiter = next_waiter();
  if (!waiter || waiter->deadline > now || earliest_timer() <= waiter->deadline) {
    fire_due_timers();
    return;
  }
  waiter->expired = true;
  waiter->wake();
}

// ...and here. A look at the clock takes a moment: so two deadlines are never equal, and a loop
// that does nothing but look until it is late enough comes to its end, soon.
//
// With several threads a look does not pass over another one's deadline. Time stands still there,
// until the looking thread waits, too, and run_clock() goes on; or, if it only looks and looks,
// until the other one has been woken and is up.
long long look() {
  constexpr long few = 200'000;
  constexpr long patient = 1000;
  const WorldLock lock;
  if (is_over) return now;
  record_output();
  const long long step = ++looks_since_wait > few ? 10'000 : 100;
  if (has_threads) {
    const long long event = next_event();
    if (now + step >= event || somebody_is_waking()) {
      if (event > now && !somebody_is_waking()) now = event;
      if (++looks_standing_still % patient == 0 && !somebody_is_waking()) {
        wake_next();
        looks_since_wait = 0;  // who wakes shall not find that much time has passed
      }
      return now;
    }
  }
  now += step;
  return now;
}

// --- The wait of a thread -----------------------------------------------------------------------

// Lets a program's only thread wait until `deadline`, or until a timer descriptor is due before.
void jump(long long deadline) {
  const WorldLock lock;
  const long long timer = earliest_timer();
  const long long event = deadline < timer ? deadline : timer;
  if (event == never) end_stuck();
  advance_to(event);
}

constexpr int settling_ms = 1;

// Waits until `ready()` is not 0 (the number of ready descriptors, or -1 for an error) or
// `deadline` has come, and returns what ready() said. `descriptors` are what it looks at; room for
// one more must be left at their end.
template <class Ready>
int wait_on(pollfd* descriptors, nfds_t count, long long deadline, Ready ready) {
  for (bool first = true;; first = false) {
    bool late;
    {
      const WorldLock lock;
      fire_due_timers();
      late = deadline <= now;
    }
    int result = ready();
    if (result != 0) return result;
    if (late) {
      if (first) look();  // who does not wait only looks, and may do so until something happens
      return 0;
    }
    if (!has_threads) {
      // Bytes that were sent to this same program may need a moment of real time to arrive.
      if (has_network) {
        result = kernel_poll(descriptors, count, settling_ms);
        if (result < 0) return result;
        if (result > 0) continue;
      }
      jump(deadline);
      continue;
    }
    Waiter waiter{deadline};
    waiter.event = static_cast<int>(syscall(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (waiter.event < 0) refuse("more descriptors than it may open");
    descriptors[count] = {waiter.event, POLLIN, 0};
    waiter.enter();
    result = kernel_poll(descriptors, count + 1, -1);
    waiter.leave();
    kernel_close(waiter.event);
    if (result < 0) return result;
  }
}

// Sleeps until `deadline`, or until a signal comes: false then, and errno is EINTR.
bool sleep_until(long long deadline) {
  pollfd none[1];
  return wait_on(none, 0, deadline, [] { return 0; }) == 0;
}

// That the main thread sleeps is worth a record: a loop that it runs stands still meanwhile.
void record_sleep(long long deadline) {
  if (syscall(SYS_gettid) != getpid()) return;
  const WorldLock lock;
  record_output();
  if (deadline > now) record("%lld slept %lld\n", now, deadline - now);
}

// What the sleeping functions do; returns what is left when a signal ended it.
long long sleep_as_asked(long long deadline) {
  record_sleep(deadline);
  if (deadline <= now || sleep_until(deadline)) return 0;
  return deadline > now ? deadline - now : 0;
}

// --- The clock's own thread, from the program's second thread on ---------------------------------

pid_t clock_thread = 0;

struct Sleepers {
  long threads = 0;
  unsigned long long switches = 0;  // how often they have gone to sleep, all together
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

// Counts the program's threads, if all of them sleep in the kernel; -1 threads if one does not.
Sleepers look_at_threads() {
  Sleepers found;
  const long tasks = syscall(SYS_openat, AT_FDCWD, "/proc/self/task", O_RDONLY | O_DIRECTORY);
  if (tasks < 0) refuse("a second thread, and /proc is not there to watch it");
  alignas(8) char entries[8192];
  for (long size; (size = syscall(SYS_getdents64, tasks, entries, sizeof entries)) > 0;) {
    for (long at = 0; at < size && found.threads >= 0;) {
      // The kernel's struct linux_dirent64: its length at 16, the name at 19.
      const char* name = entries + at + 19;
      uint16_t length;
      memcpy(&length, entries + at + 16, sizeof length);
      at += length;
      if (name[0] != '.' && atoi(name) != clock_thread) add_thread(found, name);
    }
  }
  kernel_close(static_cast<int>(tasks));
  return found;
}

void pause_for_real(long nanoseconds) {
  static auto* nanosleep = next<int(const timespec*, timespec*)>("nanosleep");
  const timespec time{0, nanoseconds};
  nanosleep(&time, nullptr);
}

// True if there was a moment at which all threads but this one slept. Who was asleep at both looks
// and has not gone to sleep in between was asleep all the while. Ends the program when there is no
// other thread any more, as it would end without this one.
bool all_others_sleep() {
  const Sleepers before = look_at_threads();
  if (before.threads < 0) return false;
  if (has_network) pause_for_real(settling_ms * 1'000'000L);
  const Sleepers after = look_at_threads();
  if (before.threads == 0 && after.threads == 0) exit(0);
  return after.threads == before.threads && after.switches == before.switches;
}

void* run_clock(void*) {
  clock_thread = static_cast<pid_t>(syscall(SYS_gettid));
  for (;;) {
    if (!all_others_sleep()) {
      pause_for_real(50'000);
      continue;
    }
    const WorldLock lock;
    if (is_over) return nullptr;
    if (somebody_is_waking()) continue;  // just about to
    const long long event = next_event();
    if (event == never) end_stuck();
    advance_to(event);
    wake_next();
  }
  return nullptr;
}

using StartRoutine = void*(void*);
using CreateThread = int(pthread_t*, const pthread_attr_t*, StartRoutine*, void*);

void start_clock(CreateThread* create) {
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &previous);  // the program's signals are for its own threads
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  if (create(&thread, &attributes, run_clock, nullptr) != 0)
    refuse("more threads than it may start");
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &previous, nullptr);
}

// --- Condition variables and futexes ------------------------------------------------------------

// A condition variable's waiters are in our list, and nowhere else: so a time-out wakes just the
// one whose it is, and whoever waits without one sleeps on.
int wait_for_condition(pthread_cond_t* condition, pthread_mutex_t* mutex, long long deadline) {
  if (!has_threads) {  // nobody is there to notify it
    pthread_mutex_unlock(mutex);
    sleep_until(deadline);
    pthread_mutex_lock(mutex);
    return ETIMEDOUT;
  }
  Waiter waiter{deadline};
  waiter.condition = condition;
  waiter.event = static_cast<int>(syscall(SYS_eventfd2, 0, EFD_CLOEXEC));
  if (waiter.event < 0) refuse("more descriptors than it may open");
  waiter.enter();  // before the mutex is free: who locks it next may notify
  pthread_mutex_unlock(mutex);
  pollfd woken{waiter.event, POLLIN, 0};
  while (kernel_poll(&woken, 1, -1) < 0) {
  }
  waiter.leave();
  kernel_close(waiter.event);
  pthread_mutex_lock(mutex);
  return waiter.notified ? 0 : ETIMEDOUT;
}

void notify(pthread_cond_t* condition, bool all) {
  const WorldLock lock;
  for (Waiter* waiter = waiters; waiter; waiter = waiter->following) {
    if (waiter->condition != condition || waiter->notified || waiter->expired) continue;
    waiter->notified = true;
    waiter->wake();
    if (!all) return;
  }
}

using SystemCall = long(long, long, long, long, long, long, long);

// What std::future, std::atomic::wait and the C++20 semaphores wait with.
long futex_wait(SystemCall* real, long address, long operation, long value, const timespec* timeout,
                long mask) {
  const bool absolute = (operation & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET;
  auto* word = reinterpret_cast<uint32_t*>(address);
  auto wait_without_timeout = [&] {
    return real(SYS_futex, address, operation, value, 0, 0, mask);
  };
  if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != static_cast<uint32_t>(value)) {
    errno = EAGAIN;
    return -1;
  }
  if (!timeout) {
    if (!has_threads) end_stuck();
    return wait_without_timeout();
  }
  const long long deadline = absolute ? at(*timeout) : in(to_ns(*timeout));
  if (!has_threads || deadline <= now) {
    sleep_until(deadline);
    errno = ETIMEDOUT;
    return -1;
  }
  Waiter waiter{deadline};
  waiter.futex = word;
  waiter.enter();
  const long result = wait_without_timeout();
  const int error = errno;
  waiter.leave();
  errno = waiter.expired ? ETIMEDOUT : error;
  return waiter.expired ? -1 : result;
}

// --- The program's start and end ----------------------------------------------------------------

using Finalizer = void();
Finalizer* finalize_libraries = nullptr;

int duplicate(int fd) {
  return fcntl(fd, F_DUPFD_CLOEXEC, 200);
}

[[gnu::destructor]] void stop() {
  fflush(stdout);
  const WorldLock lock;
  is_over = true;
  if (trace >= 0) finish("end");
}

[[gnu::constructor]] void start() {
  if (const char* path = getenv("VIRTUAL_TIME_TRACE")) {
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (file >= 0) {
      trace = duplicate(file);
      kernel_close(file);
    }
  }
  out = duplicate(1);
  err = duplicate(2);
  out_size = size_of(out);
  err_size = size_of(err);
  // As on a terminal, where a crash loses no line that was printed before it.
  setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  setenv("TZ", "UTC0", 1);
  at_quick_exit(stop);  // which runs no destructors
}

// Stands between the destructors of the program's own objects and the loader's finalizers. The
// first of those are the executable's, among them a sanitizer's last check, which yields until it
// is done.
void end_of_program() {
  {
    const WorldLock lock;
    is_over = true;
  }
  if (finalize_libraries) finalize_libraries();
}

}  // namespace

void refuse(const char* what) {
  fflush(stdout);
  char how[200];
  snprintf(how, sizeof how, "refused %s", what);
  char sentence[300];
  snprintf(sentence, sizeof sentence,
           "refused: the program uses %s, which the simulated clock does not know", what);
  end_program(how, sentence);
}

void note_network_socket() {
  has_network = true;
}

}  // namespace virtual_time

// --- What the program calls instead of the C library
// ----------------------------------------------

using namespace virtual_time;

extern "C" {

int __libc_start_main(int (*main)(int, char**, char**), int count, char** arguments, void (*init)(),
                      void (*fini)(), Finalizer* loader, void* stack_end) {
  finalize_libraries = loader;
  return next<decltype(__libc_start_main)>("__libc_start_main")(main, count, arguments, init, fini,
                                                                end_of_program, stack_end);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID || clock < 0) {
    return next<int(clockid_t, timespec*)>("clock_gettime")(clock, time);  // work is real
  }
  const bool wall_clock =
      clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
  const long long value = look() + (wall_clock ? epoch : boot);
  *time = to_timespec(value);
  return 0;
}

int gettimeofday(timeval* time, void*) noexcept {
  timespec now_is;
  clock_gettime(CLOCK_REALTIME, &now_is);
  *time = {now_is.tv_sec, static_cast<suseconds_t>(now_is.tv_nsec / 1000)};
  return 0;
}

int timespec_get(timespec* time, int base) noexcept {
  if (base != TIME_UTC) return 0;
  clock_gettime(CLOCK_REALTIME, time);
  return base;
}

time_t time(time_t* result) noexcept {
  timespec now_is;
  clock_gettime(CLOCK_REALTIME, &now_is);
  if (result) *result = now_is.tv_sec;
  return now_is.tv_sec;
}

int clock_nanosleep(clockid_t, int flags, const timespec* time, timespec* rest) {
  if (!is_valid(*time)) return EINVAL;
  const bool absolute = flags & TIMER_ABSTIME;
  const long long left = sleep_as_asked(absolute ? at(*time) : in(to_ns(*time)));
  if (left > 0 && rest && !absolute) *rest = to_timespec(left);
  return left > 0 ? EINTR : 0;
}

int nanosleep(const timespec* time, timespec* rest) {
  errno = clock_nanosleep(CLOCK_MONOTONIC, 0, time, rest);
  return errno == 0 ? 0 : -1;
}

int thrd_sleep(const timespec* time, timespec* rest) {
  return nanosleep(time, rest);
}

unsigned sleep(unsigned seconds) {
  const long long left = sleep_as_asked(in(saturated(seconds, 0)));
  return static_cast<unsigned>((left + second - 1) / second);
}

int usleep(useconds_t microseconds) {
  const timespec time = to_timespec(microseconds * 1000LL);
  return nanosleep(&time, nullptr);
}

int timerfd_settime(int fd, int flags, const itimerspec* when, itimerspec* previous) noexcept {
  static auto* settime = next<int(int, int, const itimerspec*, itimerspec*)>("timerfd_settime");
  const itimerspec disarm{};
  const int result = settime(fd, 0, &disarm, previous);
  if (result != 0) return result;
  const WorldLock lock;
  Timer* timer = timer_of(fd);
  if (!timer) timer = timer_of(-1);
  if (!timer) refuse("more than 256 timer descriptors");
  const bool armed = when->it_value.tv_sec != 0 || when->it_value.tv_nsec != 0;
  timer->fd = fd;
  timer->interval = to_ns(when->it_interval);
  timer->deadline = !armed                        ? never
                    : (flags & TFD_TIMER_ABSTIME) ? at(when->it_value)
                                                  : in(to_ns(when->it_value));
  return 0;
}

int close(int fd) {
  {
    const WorldLock lock;
    Timer* timer = fd >= 0 ? timer_of(fd) : nullptr;
    if (timer) *timer = Timer{};
  }
  static auto* close = next<int(int)>("close");
  return close(fd);
}

int epoll_pwait(int fd, epoll_event* events, int max, int timeout_ms, const sigset_t* mask) {
  static auto* wait = next<int(int, epoll_event*, int, int, const sigset_t*)>("epoll_pwait");
  pollfd descriptors[2] = {{fd, POLLIN, 0}};
  return wait_on(descriptors, 1, timeout_ms < 0 ? never : in(timeout_ms * (second / 1000)),
                 [&] { return wait(fd, events, max, 0, mask); });
}

int epoll_wait(int fd, epoll_event* events, int max, int timeout_ms) {
  return epoll_pwait(fd, events, max, timeout_ms, nullptr);
}

int ppoll(pollfd* descriptors, nfds_t count, const timespec* timeout, const sigset_t* mask) {
  static auto* poll_now = next<int(pollfd*, nfds_t, const timespec*, const sigset_t*)>("ppoll");
  const timespec at_once{};
  pollfd* copy = static_cast<pollfd*>(alloca((count + 1) * sizeof(pollfd)));
  if (count > 0) memcpy(copy, descriptors, count * sizeof(pollfd));
  if (count == 0 && timeout) record_sleep(in(to_ns(*timeout)));  // nothing but time can end it
  return wait_on(copy, count, timeout ? in(to_ns(*timeout)) : never,
                 [&] { return poll_now(descriptors, count, &at_once, mask); });
}

int poll(pollfd* descriptors, nfds_t count, int timeout_ms) {
  const timespec timeout{timeout_ms / 1000, timeout_ms % 1000 * 1'000'000L};
  return ppoll(descriptors, count, timeout_ms < 0 ? nullptr : &timeout, nullptr);
}

int pselect(int count, fd_set* read, fd_set* write, fd_set* except, const timespec* timeout,
            const sigset_t* mask) {
  static auto* select_now =
      next<int(int, fd_set*, fd_set*, fd_set*, const timespec*, const sigset_t*)>("pselect");
  pollfd descriptors[FD_SETSIZE + 1];
  nfds_t watched = 0;
  for (int fd = 0; fd < count && fd < FD_SETSIZE; ++fd) {
    short events = 0;
    if (read && FD_ISSET(fd, read)) events |= POLLIN;
    if (write && FD_ISSET(fd, write)) events |= POLLOUT;
    if (except && FD_ISSET(fd, except)) events |= POLLPRI;
    if (events) descriptors[watched++] = {fd, events, 0};
  }
  if (watched == 0 && timeout) record_sleep(in(to_ns(*timeout)));  // as Asio's timer.wait() does
  fd_set sets[3];
  auto copy_of = [](fd_set& copy, const fd_set* set) {
    if (set) copy = *set;
    return set ? &copy : nullptr;
  };
  const timespec at_once{};
  const int result = wait_on(descriptors, watched, timeout ? in(to_ns(*timeout)) : never, [&] {
    return select_now(count, copy_of(sets[0], read), copy_of(sets[1], write),
                      copy_of(sets[2], except), &at_once, mask);
  });
  if (result < 0) return result;
  if (read) *read = sets[0];
  if (write) *write = sets[1];
  if (except) *except = sets[2];
  return result;
}

int select(int count, fd_set* read, fd_set* write, fd_set* except, timeval* timeout) {
  if (!timeout) return pselect(count, read, write, except, nullptr, nullptr);
  const long long deadline = in(to_ns(*timeout));
  const timespec duration{timeout->tv_sec, timeout->tv_usec * 1000};
  const int result = pselect(count, read, write, except, &duration, nullptr);
  const long long left = deadline > now ? deadline - now : 0;  // Linux reports what was not slept
  *timeout = {static_cast<time_t>(left / second), static_cast<suseconds_t>(left % second / 1000)};
  return result;
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return wait_for_condition(condition, mutex, never);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  return is_valid(*until) ? wait_for_condition(condition, mutex, at(*until)) : EINVAL;
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t,
                           const timespec* until) {
  return is_valid(*until) ? wait_for_condition(condition, mutex, at(*until)) : EINVAL;
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  notify(condition, false);
  return 0;
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  notify(condition, true);
  return 0;
}

// Who gives way in a loop waits for something, like one who looks at the clock.
int sched_yield() noexcept {
  look();
  kernel_yield();
  return 0;
}

// The way to the kernel for what has no function of its own, a futex above all.
long syscall(long number, ...) noexcept {
  static auto* real = next<SystemCall>("syscall");
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  const long command = a[1] & FUTEX_CMD_MASK;
  if (number == SYS_futex && (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET)) {
    return futex_wait(real, a[0], a[1], a[2], reinterpret_cast<const timespec*>(a[3]), a[5]);
  }
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, StartRoutine* routine,
                   void* argument) {
  static auto* create = next<CreateThread>("pthread_create");
  if (!has_threads.exchange(true)) start_clock(create);
  return create(thread, attributes, routine, argument);
}

void _exit(int status) {
  {
    const WorldLock lock;
    if (trace >= 0) finish("end");
  }
  next<void(int)>("_exit")(status);
  __builtin_unreachable();
}

void _Exit(int status) {
  _exit(status);
}

}  // extern "C"
