#include "wait.hpp"

#include "report.hpp"

namespace virtual_time {

void jump(long long deadline) {
  const WorldLock lock;
  const long long timer = earliest_timer();
  const long long event = deadline < timer ? deadline : timer;
  if (event == never) end_stuck();
  advance_to(event);
}

int milliseconds_until(long long deadline) {
  constexpr long long millisecond = second / 1000;
  constexpr long long longest = 10;
  const WorldLock lock;
  const long long timer = earliest_timer();
  const long long event = deadline < timer ? deadline : timer;
  if (event >= now + longest * millisecond) return longest;
  return event <= now ? 1 : static_cast<int>((event - now + millisecond - 1) / millisecond);
}

bool sleep_until(long long deadline) {
  pollfd none[1];
  return wait_on(none, 0, deadline, [] { return 0; }) == 0;
}

long long sleep_as_asked(long long deadline) {
  record_sleep(deadline);
  const Waiting waiting("sleep");
  if (deadline <= now || sleep_until(deadline)) return 0;
  return deadline > now ? deadline - now : 0;
}

}  // namespace virtual_time
