#include "events.hpp"

#include "clock.hpp"
#include "timers.hpp"
#include "waiters.hpp"

namespace virtual_time {
namespace {

long looks_standing_still = 0;

}  // namespace

long long next_event() {
  const Waiter* waiter = next_waiter();
  const long long timer = earliest_timer();
  return waiter && waiter->deadline < timer ? waiter->deadline : timer;
}

void wake_next() {
  Waiter* waiter = next_waiter();
  if (!waiter || waiter->deadline > now || earliest_timer() <= waiter->deadline) {
    fire_due_timers();
    return;
  }
  waiter->expired = true;
  waiter->wake();
}

// A look does not skip another thread's deadline. Time stands still there until the looking thread
// also waits and the watcher moves time; or, if the thread only looks, until the other one has been
// woken and runs.
bool may_pass(long long time, long patience) {
  const long long event = next_event();
  if (time < event && !somebody_is_waking()) return true;
  if (event > now && !somebody_is_waking()) now = event;
  if (++looks_standing_still % patience == 0 && !somebody_is_waking()) {
    wake_next();
    forget_looks();  // a thread that wakes must not find that much time has passed
  }
  return false;
}

}  // namespace virtual_time
