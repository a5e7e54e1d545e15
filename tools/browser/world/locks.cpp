// Mutexes and condition variables of a program that has one thread: a thread that would have to
// wait waits forever, because there is no other.
#include <errno.h>
#include <pthread.h>

#include "../../clock/clock.hpp"
#include "../../clock/record.hpp"
#include "wait.hpp"

using namespace virtual_time;

namespace {

// Where wasi-libc, like musl, keeps the parts of a mutex, and the clock of a condition variable.
int type_of(const pthread_mutex_t* mutex) {
  return mutex->__u.__i[0] & 3;
}
volatile int& is_locked(pthread_mutex_t* mutex) {
  return mutex->__u.__vi[1];
}
int& locked_again(pthread_mutex_t* mutex) {
  return mutex->__u.__i[5];
}

Clock clock_of(const pthread_cond_t* condition) {
  return condition->__u.__i[4] == 0 ? Clock::wall : Clock::steady;
}

}  // namespace

extern "C" {

int pthread_mutex_trylock(pthread_mutex_t* mutex) {
  if (!is_locked(mutex)) {
    is_locked(mutex) = 1;
    return 0;
  }
  if (type_of(mutex) != PTHREAD_MUTEX_RECURSIVE) return EBUSY;
  ++locked_again(mutex);
  return 0;
}

int pthread_mutex_lock(pthread_mutex_t* mutex) {
  if (pthread_mutex_trylock(mutex) == 0) return 0;
  if (type_of(mutex) == PTHREAD_MUTEX_ERRORCHECK) return EDEADLK;
  end_blocked();
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) {
  if (locked_again(mutex) > 0) {
    --locked_again(mutex);
  } else {
    is_locked(mutex) = 0;
  }
  return 0;
}

// Asio's loop waits so when it has nothing left to do.
int pthread_cond_wait(pthread_cond_t*, pthread_mutex_t*) {
  end_stuck();
}

// std::condition_variable calls this one (CMakeLists.txt), and so does a std::future: no loop runs
// meanwhile.
int wait_of_condition_variable(pthread_cond_t*, pthread_mutex_t*) {
  end_blocked();
}

int pthread_cond_timedwait(pthread_cond_t* __restrict condition, pthread_mutex_t* __restrict,
                           const timespec* __restrict until) {
  if (!is_valid(*until)) return EINVAL;
  wait_until(at(*until, clock_of(condition)));
  return ETIMEDOUT;
}

}  // extern "C"
