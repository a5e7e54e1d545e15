// The functions that the program calls instead of the C library's: the clocks, the sleeps, timer
// descriptors, the waits for descriptors, condition variables, and the start of a thread.
#undef _FORTIFY_SOURCE  // it would define poll and read here
#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "children.hpp"
#include "clock.hpp"
#include "conditions.hpp"
#include "record.hpp"
#include "report.hpp"
#include "thread_watch.hpp"
#include "timers.hpp"
#include "wait.hpp"
#include "waiters.hpp"
#include "world.hpp"

using namespace virtual_time;

namespace {

Clock clock_of(clockid_t clock) {
  const bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ||
                    clock == CLOCK_REALTIME_ALARM || clock == CLOCK_TAI;
  return wall ? Clock::wall : Clock::steady;
}

// The clock that pthread_condattr_setclock() chose. glibc keeps it here, and has no function that
// returns it.
Clock clock_of(const pthread_cond_t* condition) {
  constexpr unsigned steady = 2;
  return condition->__data.__wrefs & steady ? Clock::steady : Clock::wall;
}

// C's conditions and mutexes are those of POSIX under other names.
pthread_cond_t* posix(cnd_t* condition) {
  static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t));
  return reinterpret_cast<pthread_cond_t*>(condition);
}
pthread_mutex_t* posix(mtx_t* mutex) {
  static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t));
  return reinterpret_cast<pthread_mutex_t*>(mutex);
}

// Where a wait for descriptors ends that none of them has ended: a little after its time-out, as
// with the kernel. GLib, which counts in microseconds, asks whether its deadline has passed.
long long end_of_wait(long long duration) {
  constexpr long long little = 1'000;
  return in(duration <= 0 || duration >= never - little ? duration : duration + little);
}

struct NumberedThread {
  StartRoutine* routine;
  void* argument;
  int number;
};

// (One that ends itself, by pthread_exit, counts as there.)
void* run_numbered_thread(void* thread) {
  const NumberedThread copy = *static_cast<NumberedThread*>(thread);
  free(thread);
  begin_thread(copy.number);
  void* result = copy.routine(copy.argument);
  end_thread();
  return result;
}

struct ThreadOfC {
  thrd_start_t function;
  void* argument;
};

void* run_thread_of_c(void* thread) {
  const ThreadOfC copy = *static_cast<ThreadOfC*>(thread);
  free(thread);
  return reinterpret_cast<void*>(static_cast<intptr_t>(copy.function(copy.argument)));
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID || clock < 0) {
    // Computing takes real time.
    return next<int(clockid_t, timespec*)>("clock_gettime")(clock, time);
  }
  catch_up();
  const long long value = look() + (clock_of(clock) == Clock::wall ? epoch : boot);
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

clock_t times(tms* processor_times) noexcept {
  next<clock_t(tms*)>("times")(processor_times);  // work is real
  return (look() + boot) / (second / sysconf(_SC_CLK_TCK));
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* rest) {
  if (!is_valid(*time)) return EINVAL;
  const bool absolute = flags & TIMER_ABSTIME;
  const long long left = sleep_as_asked(end_of_sleep(*time, absolute, clock_of(clock)));
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

int timerfd_create(int clock, int flags) noexcept {
  const int fd = next<int(int, int)>("timerfd_create")(clock, flags);
  if (fd >= 0) {
    const WorldLock lock;
    add_timer(fd, clock_of(clock));
  }
  return fd;
}

int timerfd_settime(int fd, int flags, const itimerspec* when, itimerspec* previous) noexcept {
  static auto* settime = next<int(int, int, const itimerspec*, itimerspec*)>("timerfd_settime");
  const itimerspec disarm{};
  const int result = settime(fd, 0, &disarm, previous);
  if (result != 0) return result;
  const WorldLock lock;
  const bool armed = when->it_value.tv_sec != 0 || when->it_value.tv_nsec != 0;
  set_timer(fd,
            !armed                        ? never
            : (flags & TFD_TIMER_ABSTIME) ? at(when->it_value, clock_of_timer(fd))
                                          : in(to_ns(when->it_value)),
            to_ns(when->it_interval));
  return 0;
}

int close(int fd) {
  {
    const WorldLock lock;
    forget_timer(fd);
  }
  static auto* close = next<int(int)>("close");
  return close(fd);
}

// A thread that reads a timer waits for it.
ssize_t read(int fd, void* buffer, size_t size) {
  static auto* read_now = next<ssize_t(int, void*, size_t)>("read");
  bool waits;
  {
    const WorldLock lock;
    waits = is_timer(fd) && (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
  }
  if (waits) {
    const Waiting waiting("read");
    pollfd descriptors[2] = {{fd, POLLIN, 0}};
    if (wait_on(descriptors, 1, never, [&] { return kernel_poll(descriptors, 1, 0); }) < 0)
      return -1;
  }
  return read_now(fd, buffer, size);
}

ssize_t __read_chk(int fd, void* buffer, size_t size, size_t) {
  return read(fd, buffer, size);
}

int epoll_pwait(int fd, epoll_event* events, int max, int timeout_ms, const sigset_t* mask) {
  static auto* wait = next<int(int, epoll_event*, int, int, const sigset_t*)>("epoll_pwait");
  const Waiting waiting("epoll_wait");
  pollfd descriptors[2] = {{fd, POLLIN, 0}};
  const long long end = end_of_wait(timeout_ms < 0 ? never : timeout_ms * (second / 1000));
  return wait_on(descriptors, 1, end, [&] { return wait(fd, events, max, 0, mask); });
}

int epoll_wait(int fd, epoll_event* events, int max, int timeout_ms) {
  return epoll_pwait(fd, events, max, timeout_ms, nullptr);
}

int ppoll(pollfd* descriptors, nfds_t count, const timespec* timeout, const sigset_t* mask) {
  static auto* poll_now = next<int(pollfd*, nfds_t, const timespec*, const sigset_t*)>("ppoll");
  const timespec at_once{};
  pollfd* copy = static_cast<pollfd*>(alloca((count + 1) * sizeof(pollfd)));
  if (count > 0) memcpy(copy, descriptors, count * sizeof(pollfd));
  const long long end = end_of_wait(timeout ? to_ns(*timeout) : never);
  if (count == 0 && timeout) record_sleep(end);  // nothing but time can end it
  const Waiting waiting("poll");
  return wait_on(copy, count, end, [&] { return poll_now(descriptors, count, &at_once, mask); });
}

int poll(pollfd* descriptors, nfds_t count, int timeout_ms) {
  const timespec timeout{timeout_ms / 1000, timeout_ms % 1000 * 1'000'000L};
  return ppoll(descriptors, count, timeout_ms < 0 ? nullptr : &timeout, nullptr);
}

// What these two are called in a program that was compiled with _FORTIFY_SOURCE.
int __poll_chk(pollfd* descriptors, nfds_t count, int timeout_ms, size_t) {
  return poll(descriptors, count, timeout_ms);
}

int __ppoll_chk(pollfd* descriptors, nfds_t count, const timespec* timeout, const sigset_t* mask,
                size_t) {
  return ppoll(descriptors, count, timeout, mask);
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
  const long long end = end_of_wait(timeout ? to_ns(*timeout) : never);
  if (watched == 0 && timeout) record_sleep(end);  // as Asio's timer.wait() does
  const Waiting waiting("select");
  fd_set sets[3];
  auto copy_of = [](fd_set& copy, const fd_set* set) {
    if (set) copy = *set;
    return set ? &copy : nullptr;
  };
  const timespec at_once{};
  const int result = wait_on(descriptors, watched, end, [&] {
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
  const long long left = deadline > now ? deadline - now : 0;  // Linux reports the time not slept
  *timeout = {static_cast<time_t>(left / second), static_cast<suseconds_t>(left % second / 1000)};
  return result;
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return wait_for_condition(condition, mutex, never);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  if (!is_valid(*until)) return EINVAL;
  return wait_for_condition(condition, mutex, at(*until, clock_of(condition)));
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  if (!is_valid(*until)) return EINVAL;
  return wait_for_condition(condition, mutex, at(*until, clock_of(clock)));
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  notify(condition, false);
  return 0;
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  notify(condition, true);
  return 0;
}

int cnd_wait(cnd_t* condition, mtx_t* mutex) {
  wait_for_condition(posix(condition), posix(mutex), never);
  return thrd_success;
}

int cnd_timedwait(cnd_t* __restrict condition, mtx_t* __restrict mutex,
                  const timespec* __restrict until) {
  if (!is_valid(*until)) return thrd_error;
  const int result = wait_for_condition(posix(condition), posix(mutex), at(*until, Clock::wall));
  return result == 0 ? thrd_success : thrd_timedout;
}

int cnd_signal(cnd_t* condition) {
  notify(posix(condition), false);
  return thrd_success;
}

int cnd_broadcast(cnd_t* condition) {
  notify(posix(condition), true);
  return thrd_success;
}

// A thread that yields in a loop waits for something, like one that looks at the clock.
int sched_yield() noexcept {
  pass_turn();
  give_way();
  return 0;
}

void thrd_yield() {
  sched_yield();
}

// The way to the kernel for calls without their own function, above all futex.
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
  // The functions of the clocks and sleeps, by another door.
  if (number == SYS_clock_gettime) {
    return clock_gettime(static_cast<clockid_t>(a[0]), reinterpret_cast<timespec*>(a[1]));
  }
  if (number == SYS_gettimeofday) return gettimeofday(reinterpret_cast<timeval*>(a[0]), nullptr);
  if (number == SYS_nanosleep) {
    return nanosleep(reinterpret_cast<const timespec*>(a[0]), reinterpret_cast<timespec*>(a[1]));
  }
  if (number == SYS_clock_nanosleep) {
    errno =
        clock_nanosleep(static_cast<clockid_t>(a[0]), static_cast<int>(a[1]),
                        reinterpret_cast<const timespec*>(a[2]), reinterpret_cast<timespec*>(a[3]));
    return errno == 0 ? 0 : -1;
  }
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, StartRoutine* routine,
                   void* argument) {
  static auto* create = next<CreateThread>("pthread_create");
  if (!has_threads.exchange(true)) start_clock(create);
  record_thread();
  if (!reports()) return create(thread, attributes, routine, argument);
  auto* numbered = static_cast<NumberedThread*>(malloc(sizeof(NumberedThread)));
  if (!numbered) return EAGAIN;
  *numbered = {routine, argument, number_next_thread()};
  const int error = create(thread, attributes, run_numbered_thread, numbered);
  if (error != 0) free(numbered);
  return error;
}

// (That of the C library starts its thread past pthread_create.)
int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  auto* copy = static_cast<ThreadOfC*>(malloc(sizeof(ThreadOfC)));
  if (!copy) return thrd_nomem;
  *copy = {function, argument};
  const int error = pthread_create(thread, nullptr, run_thread_of_c, copy);
  if (error == 0) return thrd_success;
  free(copy);
  return error == ENOMEM || error == EAGAIN ? thrd_nomem : thrd_error;
}

}  // extern "C"
#pragma GCC visibility pop
