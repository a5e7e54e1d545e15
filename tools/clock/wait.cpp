#include "wait.hpp"

namespace virtual_time {

void jump(long long deadline) {
  const WorldLock lock;
  const long long timer = earliest_timer();
  const long long event = deadline < timer ? deadline : timer;
  if (event == never) end_stuck();
  advance_to(event);
}

bool sleep_until(long long deadline) {
  pollfd none[1];
  return wait_on(none, 0, deadline, [] { return 0; }) == 0;
}

long long sleep_as_asked(long long deadline) {
  record_sleep(deadline);
  if (deadline <= now || sleep_until(deadline)) return 0;
  return deadline > now ? deadline - now : 0;
}

}  // namespace virtual_time
