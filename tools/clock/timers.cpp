#include "timers.hpp"

#include <sys/timerfd.h>

#include "clock.hpp"
#include "record.hpp"
#include "world.hpp"

namespace virtual_time {
namespace {

constexpr int unused = -1;

struct Timer {
  int fd = unused;
  long long deadline = never;
  long long interval = 0;
  Clock clock = Clock::steady;
};
Timer timers[256];

// That of a descriptor, or an unused one; null if there is none.
Timer* find(int fd) {
  for (Timer& timer : timers) {
    if (timer.fd == fd) return &timer;
  }
  return nullptr;
}
Timer* timer_of(int fd) {
  return fd >= 0 ? find(fd) : nullptr;
}

}  // namespace

void add_timer(int fd, Clock clock) {
  forget_timer(fd);  // closed in a way that we did not see
  Timer* timer = find(unused);
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
  return timer_of(fd) != nullptr;
}

Clock clock_of_timer(int fd) {
  const Timer* timer = timer_of(fd);
  return timer ? timer->clock : Clock::steady;
}

void forget_timer(int fd) {
  if (Timer* timer = timer_of(fd)) *timer = Timer{};
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
    // A microsecond: the kernel's timer fires in an interrupt. On a busy machine it takes longer; a
    // second only if a call that we do not see, such as readv(), has read the timer.
    constexpr int second_in_ms = 1000;
    kernel_poll(&expired, 1, second_in_ms);
  }
}

}  // namespace virtual_time
