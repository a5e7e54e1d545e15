// The waits of a thread. The thread of a single-threaded program moves the clock here itself; a
// thread of a program with several waits until the clock's own thread (thread_watch.cpp) wakes it.
#pragma once

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "children.hpp"
#include "clock.hpp"
#include "record.hpp"
#include "timers.hpp"
#include "waiters.hpp"
#include "world.hpp"

namespace virtual_time {

// Lets a program's only thread wait until `deadline`, or until a timer descriptor is due earlier.
void jump(long long deadline);

// How long to wait for real until `deadline`, or an earlier timer: at least 1, and not for long,
// because a child may end.
int milliseconds_until(long long deadline);

// Waits until `ready()` is not 0 (the number of ready descriptors, or -1 for an error) or
// `deadline` has come, and returns the result of ready(). It looks at `descriptors`, which must
// have room for one more at the end.
template <class Ready>
int wait_on(pollfd* descriptors, nfds_t count, long long deadline, Ready ready) {
  for (bool first = true;; first = false) {
    bool late;
    catch_up();
    // (Asked before ready(), which then sees what a child has left that ends meanwhile.)
    const bool is_real = time_is_real();
    {
      const WorldLock lock;
      fire_due_timers();
      late = deadline <= now;
    }
    int result = ready();
    if (result != 0) return result;
    if (late) {
      // A caller that does not wait only looks, and may do so until something happens.
      if (first) glance();
      return 0;
    }
    if (!has_threads) {
      // Bytes sent to this same program may need a little real time to arrive.
      if (has_network) {
        result = kernel_poll(descriptors, count, settling_ms);
        if (result < 0) return result;
        if (result > 0) continue;
      }
      if (is_real) {
        result = kernel_poll(descriptors, count, milliseconds_until(deadline));
        if (result < 0) return result;
      } else {
        jump(deadline);
      }
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
bool sleep_until(long long deadline);

// Implements the sleeping functions; returns the remaining time when a signal ended the sleep.
long long sleep_as_asked(long long deadline);

}  // namespace virtual_time
