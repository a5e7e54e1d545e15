#include "clock.hpp"

#include "record.hpp"

namespace virtual_time {

long long now = 0;
bool is_over = false;
std::atomic<bool> has_threads{false};
std::atomic<bool> has_network{false};

namespace {

std::atomic_flag world_lock = ATOMIC_FLAG_INIT;
thread_local bool holds_world_lock = false;

long looks_since_wait = 0;

}  // namespace

WorldLock::WorldLock() : outermost_(!holds_world_lock) {
  while (outermost_ && world_lock.test_and_set(std::memory_order_acquire)) give_way();
  holds_world_lock = true;
}

WorldLock::~WorldLock() {
  if (!outermost_) return;
  holds_world_lock = false;
  world_lock.clear(std::memory_order_release);
}

void advance_to(long long time) {
  looks_since_wait = 0;
  if (time <= now) return;
  record_output();
  now = time;
  record_step();
  end_if_silent();
  end_if_polling();
}

namespace {

// Lets a look take so long, unless another thread is due before its end.
long long take(long long duration, long patience) {
  record_output();
  if (!has_threads || may_pass(now + duration, patience)) now += duration;
  return now;
}

// `weight`: as how many looks it counts. `scale`: how many times as long it takes.
//
// A thread that looks often waits for something. Another thread may be about to bring it: it has
// been woken, but has not had the processor yet. So time then moves only while all others sleep, as
// it does when all wait. To see that takes longer than a look, so only every hundredth is a step.
long long look(long weight, long long scale) {
  constexpr long few = 200'000;
  constexpr long looks_per_step = 100;
  constexpr long patient = 1000;
  {
    const WorldLock lock;
    if (is_over) return now;
    const long looks = looks_since_wait += weight;
    if (looks <= few) return take(scale * 100, patient);
    if (!has_threads) return take(scale * (looks > 2 * few ? 100'000 : 10'000), patient);
    if (looks / looks_per_step == (looks - weight) / looks_per_step) return now;
  }
  const bool are_asleep = others_sleep();
  const WorldLock lock;
  return is_over || !are_asleep ? now : take(1'000'000, 1);
}

}  // namespace

long long look() {
  return look(1, 1);
}

void glance() {
  count_glance();
  look(10, 1);
}

void pass_turn() {
  look(1000, 10);
}

void forget_looks() {
  looks_since_wait = 0;
}

long long saturated(long long seconds, long long nanoseconds) {
  if (seconds >= never / second - 1) return never;
  return seconds * second + nanoseconds;
}
long long to_ns(const timespec& time) {
  return saturated(time.tv_sec, time.tv_nsec);
}
long long to_ns(const timeval& time) {
  return saturated(time.tv_sec, time.tv_usec * 1000);
}

timespec to_timespec(long long nanoseconds) {
  return {static_cast<time_t>(nanoseconds / second), static_cast<long>(nanoseconds % second)};
}

bool is_valid(const timespec& time) {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < second;
}

long long in(long long duration) {
  if (duration <= 0) return now;
  return duration >= never - now ? never : now + duration;
}

long long at(const timespec& time, Clock clock) {
  const long long value = to_ns(time);
  if (value == never) return never;
  return value - (clock == Clock::wall ? epoch : boot);
}

// Linux wakes no thread sooner (its timer slack), and a loop of sleeps of a microsecond would take
// too many steps.
long long end_of_sleep(const timespec& time, bool absolute, Clock clock) {
  constexpr long long shortest = 50'000;
  if (absolute) return at(time, clock);
  const long long duration = to_ns(time);
  return in(duration < shortest ? shortest : duration);
}

}  // namespace virtual_time
