// What happens next, of all that waits for the clock. The caller holds the lock.
#pragma once

namespace virtual_time {

// Its time; `never` when nothing waits with a deadline.
long long next_event();

// Wakes one of those whose time has come: one at a time, so that who is due at the same moment
// comes in the same order in every run.
void wake_next();

}  // namespace virtual_time
