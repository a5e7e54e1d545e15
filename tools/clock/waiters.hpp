// The waiting threads of a program with several. A thread really waits, without a time-out; the
// clock wakes it when simulated time has reached its deadline.
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "host.hpp"

namespace virtual_time {

struct Waiter {
  long long deadline = never;
  int event = -1;                       // wakes a thread in poll()
  pthread_cond_t* condition = nullptr;  // what it waits for, if that is a condition variable
  uint32_t* futex = nullptr;            // wakes a thread in futex()
  int futex_flags = 0;                  // a private futex is another one than the shared one there
  bool expired = false;                 // woken by the clock
  bool notified = false;                // woken by the program, through its condition variable
  Waiter* following = nullptr;

  explicit Waiter(long long until) : deadline(until) {}
  void enter();
  void leave();
  void wake() const;
};

// The first of those whose deadline is the earliest; null when no thread waits with a time-out.
Waiter* next_waiter();

// Those of threads that a forked child does not have.
void forget_waiters();

// Woken, but not running yet.
bool somebody_is_waking();

// pthread_cond_signal's, or pthread_cond_broadcast's.
void notify(pthread_cond_t* condition, bool all);

}  // namespace virtual_time
