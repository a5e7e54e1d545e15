// By default the system ends a program that writes to a
// connection whose other side is closed. hiredis does not prevent
// that, and we may not change it for the whole program.
#pragma once

#include <cerrno>
#include <csignal>
#include <ctime>

namespace redis {

// Keeps SIGPIPE from this thread while the object lives. The
// failed write still says that the connection ended.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~NoSigpipe() {
    // A signal that a write has caused is pending: it is removed
    // before signals are let in again.
    const timespec now{};
    while (!was_pending_ &&
           sigtimedwait(&sigpipe_, nullptr, &now) == -1 &&
           errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t sigpipe_;
  sigset_t before_;
  bool was_pending_ = false;
};

}  // namespace redis
