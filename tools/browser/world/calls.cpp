// The functions that a program calls instead of wasi-libc's: clocks, sleeps, yields, and the waits
// of the one thread that it has. tools/clock/calls.cpp is the same for a process.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "../../clock/clock.hpp"
#include "../../clock/record.hpp"
#include "refused.hpp"
#include "wait.hpp"

using namespace virtual_time;

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) {
  *time = to_timespec(look() + (clock == CLOCK_REALTIME ? epoch : boot));
  return 0;
}

int gettimeofday(timeval* __restrict time, void* __restrict) {
  timespec now_is;
  clock_gettime(CLOCK_REALTIME, &now_is);
  *time = {now_is.tv_sec, static_cast<suseconds_t>(now_is.tv_nsec / 1000)};
  return 0;
}

time_t time(time_t* result) {
  timespec now_is;
  clock_gettime(CLOCK_REALTIME, &now_is);
  if (result) *result = now_is.tv_sec;
  return now_is.tv_sec;
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec*) {
  if (!is_valid(*time)) return EINVAL;
  const Clock which = clock == CLOCK_REALTIME ? Clock::wall : Clock::steady;
  sleep_until(end_of_sleep(*time, flags & TIMER_ABSTIME, which));
  return 0;
}

int nanosleep(const timespec* time, timespec* rest) {
  errno = clock_nanosleep(CLOCK_MONOTONIC, 0, time, rest);
  return errno == 0 ? 0 : -1;
}

unsigned sleep(unsigned seconds) {
  sleep_until(in(saturated(seconds, 0)));
  return 0;
}

int usleep(useconds_t microseconds) {
  const timespec time = to_timespec(microseconds * 1000LL);
  return nanosleep(&time, nullptr);
}

int sched_yield() {
  pass_turn();
  return 0;
}

int pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*) {
  refuse_in_page("pthread_create (a thread)");
}

}  // extern "C"
