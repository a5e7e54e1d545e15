// Which of the waiters for the clock comes next. The caller holds the lock.
#pragma once

namespace virtual_time {

// Its time; `never` when nothing waits with a deadline.
long long next_event();

// Wakes one of the waiters whose time has come: one at a time, so that waiters due at the same time
// are woken in the same order in every run.
void wake_next();

}  // namespace virtual_time
