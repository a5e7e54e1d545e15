// sigaction() over the handlers that wasi-libc emulates: a program can only send a signal to
// itself, and no signal interrupts it.
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "../../clock/record.hpp"

extern "C" {

int sigemptyset(sigset_t* set) {
  *set = 0;
  return 0;
}

int sigfillset(sigset_t* set) {
  *set = static_cast<sigset_t>(-1);
  return 0;
}

int sigaddset(sigset_t*, int) {
  return 0;
}

int sigdelset(sigset_t*, int) {
  return 0;
}

int sigismember(const sigset_t*, int) {
  return 0;
}

int sigprocmask(int, const sigset_t* __restrict, sigset_t* __restrict) {
  return 0;
}

int pthread_sigmask(int, const sigset_t* __restrict, sigset_t* __restrict) {
  return 0;
}

int sigaction(int number, const struct sigaction* __restrict action, struct sigaction* __restrict) {
  if (action && signal(number, action->sa_handler) == SIG_ERR) return -1;
  return 0;
}

int kill(pid_t, int number) {
  return raise(number);
}

int pause() {
  virtual_time::end_stuck();
}

}  // extern "C"
