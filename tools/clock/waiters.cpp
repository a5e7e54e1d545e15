#include "waiters.hpp"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.hpp"

namespace virtual_time {
namespace {

Waiter* waiters = nullptr;  // in the order in which they came

}  // namespace

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

void Waiter::wake() const {
  if (event >= 0) {
    const uint64_t one = 1;
    syscall(SYS_write, event, &one, sizeof one);
  }
  if (futex) syscall(SYS_futex, futex, FUTEX_WAKE | futex_flags, INT_MAX, nullptr, nullptr, 0);
}

Waiter* next_waiter() {
  Waiter* earliest = nullptr;
  for (Waiter* waiter = waiters; waiter; waiter = waiter->following) {
    if (waiter->expired || waiter->notified || waiter->deadline == never) continue;
    if (!earliest || waiter->deadline < earliest->deadline) earliest = waiter;
  }
  return earliest;
}

void forget_waiters() {
  waiters = nullptr;
}

bool somebody_is_waking() {
  for (const Waiter* waiter = waiters; waiter; waiter = waiter->following) {
    if (waiter->expired || waiter->notified) return true;
  }
  return false;
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

}  // namespace virtual_time
