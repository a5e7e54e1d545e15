// Ways to wait or to start things that simulated time does not support. A program that uses one is
// ended, with the name of the function, rather than given a wrong time.
//
// (Other processes: children.cpp.)
//
// Includes no header that declares these functions: only their names matter here, and a program
// that calls one never returns from it.
#include "record.hpp"

#define REFUSE(function, meaning)                                       \
  extern "C" [[noreturn, gnu::visibility("default")]] void function() { \
    virtual_time::refuse(#function " (" meaning ")");                   \
  }

REFUSE(sem_timedwait, "a semaphore with a time-out")
REFUSE(sem_clockwait, "a semaphore with a time-out")
REFUSE(pthread_mutex_timedlock, "a lock with a time-out")
REFUSE(pthread_mutex_clocklock, "a lock with a time-out")
REFUSE(pthread_rwlock_timedrdlock, "a lock with a time-out")
REFUSE(pthread_rwlock_clockrdlock, "a lock with a time-out")
REFUSE(pthread_rwlock_timedwrlock, "a lock with a time-out")
REFUSE(pthread_rwlock_clockwrlock, "a lock with a time-out")
REFUSE(mtx_timedlock, "a lock with a time-out")
REFUSE(pthread_timedjoin_np, "a join with a time-out")
REFUSE(pthread_clockjoin_np, "a join with a time-out")
REFUSE(mq_timedreceive, "a message queue with a time-out")
REFUSE(mq_timedsend, "a message queue with a time-out")
REFUSE(semtimedop, "a semaphore with a time-out")

REFUSE(alarm, "a signal after a time")
REFUSE(ualarm, "a signal after a time")
REFUSE(setitimer, "a signal after a time")
REFUSE(timer_create, "a signal after a time")
REFUSE(sigtimedwait, "a wait for a signal with a time-out")
REFUSE(timerfd_gettime, "a timer's remaining time")
REFUSE(epoll_pwait2, "epoll with a time-out in nanoseconds")
REFUSE(aio_suspend, "asynchronous I/O of POSIX")
REFUSE(getaddrinfo_a, "a look-up of a name in the background")
REFUSE(recvmmsg, "many messages at once with a time-out")

REFUSE(pthread_cancel, "ending a thread from outside")

REFUSE(posix_openpt, "a pseudo-terminal")
REFUSE(getpt, "a pseudo-terminal")
REFUSE(openpty, "a pseudo-terminal")
REFUSE(forkpty, "a pseudo-terminal")

REFUSE(io_uring_queue_init, "io_uring")
REFUSE(io_uring_queue_init_params, "io_uring")
REFUSE(io_uring_queue_init_mem, "io_uring")

REFUSE(ftime, "an obsolete clock")
REFUSE(clock_settime, "setting the clock")
REFUSE(settimeofday, "setting the clock")
