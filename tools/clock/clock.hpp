// The simulated time, and the only two places where it moves: look() and advance_to().
#pragma once

#include <sys/time.h>
#include <time.h>

#include <atomic>

#include "host.hpp"

namespace virtual_time {

inline constexpr long long boot = second;  // steady clocks never read 0
// The wall clock starts at 2024-01-01 12:00:00 UTC.
inline constexpr long long epoch = 1'704'110'400LL * second;

// Guards the time, the record, the waiters and the timers. A spinning thread counts as running (see
// thread_watch.cpp); one that waited for a mutex would not. The thread that holds it may take it
// again: a sanitizer that reports something calls our functions from within.
class WorldLock {
 public:
  WorldLock();
  ~WorldLock();
  WorldLock(const WorldLock&) = delete;
  WorldLock& operator=(const WorldLock&) = delete;

 private:
  const bool outermost_;
};

extern long long now;
// The program has ended. A sanitizer that looks for leaks may still wait or look at the clock: that
// is not being stuck, and takes no time.
extern bool is_over;
extern std::atomic<bool> has_threads;
// Set by every TCP or UDP socket: bytes on their way through the kernel need a little real time, at
// most this long.
extern std::atomic<bool> has_network;
inline constexpr int settling_ms = 1;

// Lets time pass until then.
void advance_to(long long time);

// A look at the clock takes a little time, so two deadlines are never equal, and a loop that only
// looks until it is late enough soon ends.
long long look();

// The same of a wait with the time-out 0, which is counted: a loop of them comes to its end with
// fewer steps.
void glance();

// The same of a thread that lets others run. A loop of that has still fewer steps: on a busy
// machine each of them may take milliseconds.
void pass_turn();

// These looks cost no simulated time.
void forget_looks();

// Whether a look, in a program with several threads, may let time pass until then (events.cpp).
// After so many looks that it may not, it wakes who sleeps until then.
bool may_pass(long long time, long patience);

// Whether all other threads sleep in the kernel (thread_watch.cpp). If not, they have had some real
// time when it returns.
bool others_sleep();

// From the C library's times and back.
long long saturated(long long seconds, long long nanoseconds);
long long to_ns(const timespec& time);
long long to_ns(const timeval& time);
timespec to_timespec(long long nanoseconds);
bool is_valid(const timespec& time);

// The deadline after a duration, and the one that is an absolute time of one of the program's
// clocks.
enum class Clock { steady, wall };
long long in(long long duration);
long long at(const timespec& time, Clock clock);
// When a sleep is over: at that time of the clock, or after that duration.
long long end_of_sleep(const timespec& time, bool absolute, Clock clock);

}  // namespace virtual_time
