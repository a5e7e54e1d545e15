// Signal sets and sigaction(), over the one handler per signal that wasi-libc emulates (world/).
#pragma once
#include_next <signal.h>

#include <__typedef_sigset_t.h>
#include <sys/types.h>

#define SA_NOCLDSTOP 1
#define SA_NOCLDWAIT 2
#define SA_RESTART 0x10000000

#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

struct sigaction {
  void (*sa_handler)(int);
  sigset_t sa_mask;
  int sa_flags;
};

#ifdef __cplusplus
extern "C" {
#endif
int sigemptyset(sigset_t*);
int sigfillset(sigset_t*);
int sigaddset(sigset_t*, int);
int sigdelset(sigset_t*, int);
int sigismember(const sigset_t*, int);
int sigaction(int, const struct sigaction* __restrict, struct sigaction* __restrict);
int sigprocmask(int, const sigset_t* __restrict, sigset_t* __restrict);
int pthread_sigmask(int, const sigset_t* __restrict, sigset_t* __restrict);
int kill(pid_t, int);
#ifdef __cplusplus
}
#endif
