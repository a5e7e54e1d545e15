#include "wait.hpp"

#include "../../clock/clock.hpp"
#include "../../clock/record.hpp"

namespace virtual_time {

void wait_until(long long deadline) {
  if (deadline == never) end_stuck();
  if (deadline <= now) {
    glance();
  } else {
    advance_to(deadline);
  }
}

void sleep_until(long long deadline) {
  record_sleep(deadline);
  if (deadline > now) wait_until(deadline);
}

}  // namespace virtual_time
