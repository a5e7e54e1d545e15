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
constexpr long few = 200'000;  // who has looked more often waits for something

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

// What a thread waits for that has looked often, another one may be about to do: it has been woken,
// and has not had the processor yet. So time moves only while all others sleep, as when all wait.
// To see that takes longer than a look, so only every hundredth is a step.
long long look_beside_threads(long weight) {
  constexpr long looks_per_step = 100;
  constexpr long long step = 1'000'000;
  {
    const WorldLock lock;
    const long looks = looks_since_wait += weight;
    if (is_over || looks / looks_per_step == (looks - weight) / looks_per_step) return now;
  }
  const bool are_asleep = others_sleep();
  const WorldLock lock;
  if (is_over || !are_asleep) return now;
  record_output();
  if (may_pass(now + step, 1)) now += step;
  return now;
}

// `weight`: as how many looks it counts. `scale`: how many times as long it takes.
long long look(long weight, long long scale) {
  {
    const WorldLock lock;
    if (!has_threads || looks_since_wait <= few) {
      if (is_over) return now;
      record_output();
      looks_since_wait += weight;
      const long long step = scale * (looks_since_wait > 2 * few ? 100'000
                                      : looks_since_wait > few   ? 10'000
                                                                 : 100);
      constexpr long patient = 1000;
      if (!has_threads || may_pass(now + step, patient)) now += step;
      return now;
    }
  }
  return look_beside_threads(weight);
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
