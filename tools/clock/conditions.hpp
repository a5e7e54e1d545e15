// Condition variables and futexes.
#pragma once

#include <pthread.h>
#include <time.h>

namespace virtual_time {

// 0 when it was notified, ETIMEDOUT at `deadline`.
int wait_for_condition(pthread_cond_t* condition, pthread_mutex_t* mutex, long long deadline);

using SystemCall = long(long, long, long, long, long, long, long);

// std::future, std::atomic::wait and the C++20 semaphores wait with this. `real`: the C library's
// way to the kernel.
long futex_wait(SystemCall* real, long address, long operation, long value, const timespec* timeout,
                long mask);

}  // namespace virtual_time
