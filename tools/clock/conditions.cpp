#include "conditions.hpp"

#include <errno.h>
#include <linux/futex.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "children.hpp"
#include "clock.hpp"
#include "record.hpp"
#include "report.hpp"
#include "wait.hpp"
#include "waiters.hpp"
#include "world.hpp"

namespace virtual_time {

// A condition variable's waiters are in our list, and nowhere else. So a time-out wakes only the
// thread that it belongs to; threads that wait without one sleep on.
int wait_for_condition(pthread_cond_t* condition, pthread_mutex_t* mutex, long long deadline) {
  const Waiting waiting("pthread_cond_wait");
  if (!has_threads) {  // no other thread could notify it
    pthread_mutex_unlock(mutex);
    sleep_until(deadline);
    pthread_mutex_lock(mutex);
    return ETIMEDOUT;
  }
  Waiter waiter{deadline};
  waiter.condition = condition;
  waiter.event = static_cast<int>(syscall(SYS_eventfd2, 0, EFD_CLOEXEC));
  if (waiter.event < 0) refuse("more descriptors than it may open");
  waiter.enter();  // before the mutex is free: the next thread to lock it may notify
  pthread_mutex_unlock(mutex);
  pollfd woken{waiter.event, POLLIN, 0};
  while (kernel_poll(&woken, 1, -1) < 0) {
  }
  waiter.leave();
  kernel_close(waiter.event);
  pthread_mutex_lock(mutex);
  return waiter.notified ? 0 : ETIMEDOUT;
}

long futex_wait(SystemCall* real, long address, long operation, long value, const timespec* timeout,
                long mask) {
  const bool absolute = (operation & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET;
  auto* word = reinterpret_cast<uint32_t*>(address);
  auto wait_without_timeout = [&] {
    return real(SYS_futex, address, operation, value, 0, 0, mask);
  };
  if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != static_cast<uint32_t>(value)) {
    errno = EAGAIN;
    return -1;
  }
  const Waiting waiting("futex");
  if (!timeout) {
    if (!has_threads && !time_is_real()) end_blocked();
    return wait_without_timeout();
  }
  const Clock clock = operation & FUTEX_CLOCK_REALTIME ? Clock::wall : Clock::steady;
  const long long deadline = absolute ? at(*timeout, clock) : in(to_ns(*timeout));
  if (!has_threads || deadline <= now) {
    sleep_until(deadline);
    errno = ETIMEDOUT;
    return -1;
  }
  Waiter waiter{deadline};
  waiter.futex = word;
  waiter.futex_flags = static_cast<int>(operation & FUTEX_PRIVATE_FLAG);
  waiter.enter();
  const long result = wait_without_timeout();
  const int error = errno;
  waiter.leave();
  errno = waiter.expired ? ETIMEDOUT : error;
  return waiter.expired ? -1 : result;
}

}  // namespace virtual_time
