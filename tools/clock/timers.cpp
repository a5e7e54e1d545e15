#include "timers.hpp"

#include <sys/timerfd.h>

#include "clock.hpp"
#include "record.hpp"
#include "world.hpp"

namespace virtual_time {
namespace {

struct Timer {
  int fd = -1;
  long long deadline = never;
  long long interval = 0;
  Clock clock = Clock::steady;
};
Timer timers[256];

Timer* timer_of(int fd) {
  for (Timer& timer : timers) {
    if (timer.fd == fd) return &timer;
  }
  return nullptr;
}

}  // namespace

void add_timer(int fd, Clock clock) {
  forget_timer(fd);  // closed in a way that was not seen
  Timer* timer = timer_of(-1);
  if (!timer) refuse("more than 256 timer descriptors");
  *timer = {fd, never, 0, clock};
}

void set_timer(int fd, long long deadline, long long interval) {
  if (!is_timer(fd)) add_timer(fd, Clock::steady);  // a duplicate, or inherited
  Timer* timer = timer_of(fd);
  timer->deadline = deadline;
  timer->interval = interval;
}

bool is_timer(int fd) {
  return fd >= 0 && timer_of(fd);
}

Clock clock_of_timer(int fd) {
  const Timer* timer = fd >= 0 ? timer_of(fd) : nullptr;
  return timer ? timer->clock : Clock::steady;
}

void forget_timer(int fd) {
  Timer* timer = fd >= 0 ? timer_of(fd) : nullptr;
  if (timer) *timer = Timer{};
}

long long earliest_timer() {
  long long earliest = never;
  for (const Timer& timer : timers) {
    if (timer.fd >= 0 && timer.deadline < earliest) earliest = timer.deadline;
  }
  return earliest;
}

void fire_due_timers() {
  static auto* settime = next<int(int, int, const itimerspec*, itimerspec*)>("timerfd_settime");
  for (Timer& timer : timers) {
    if (timer.fd < 0 || timer.deadline > now) continue;
    timer.deadline = timer.interval > 0 ? timer.deadline + timer.interval : never;
    const itimerspec at_once{{}, {0, 1}};
    if (settime(timer.fd, 0, &at_once, nullptr) != 0) {
      timer = Timer{};  // closed in a way that we did not see
      continue;
    }
    pollfd expired{timer.fd, POLLIN, 0};
    // A microsecond: the kernel's timer fires in an interrupt. On a machine that is busy it takes
    // longer; a second only if somebody has read the timer past us, as readv() does.
    constexpr int second_in_ms = 1000;
    kernel_poll(&expired, 1, second_in_ms);
  }
}

}  // namespace virtual_time
