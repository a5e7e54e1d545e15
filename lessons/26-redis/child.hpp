// A child process: forked, watched and ended here. Look at how
// many ways to end there are, and at what a signal interrupts.
#pragma once

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <asio.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

class Child {
 public:
  // The child does `work`, and ends. The system sends it
  // `if_we_die` when the thread that started it ends. (If other
  // threads run, `work` may only start a program: the child is a
  // copy, and the other threads are not in it.)
  template <typename Work>
  explicit Child(Work work, int if_we_die = SIGKILL) {
    const pid_t parent = getpid();
    // No handler of ours may run in the child: the handler could
    // write to a pipe that the child shares with us.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    id_ = fork();
    if (id_ == 0) {
      setsid();  // Ctrl-C is for us, and we end it
      prctl(PR_SET_PDEATHSIG, if_we_die);
      if (getppid() != parent) _exit(1);  // we died before that
      for (int number = 1; number < NSIG; ++number) {
        std::signal(number, SIG_DFL);
      }
      sigset_t none;
      sigemptyset(&none);
      pthread_sigmask(SIG_SETMASK, &none, nullptr);
      _exit(status_of(work));
    }
    const int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (id_ == -1) fail("no new process", error);
    watch_ = static_cast<int>(syscall(SYS_pidfd_open, id_, 0));
    if (watch_ == -1) {
      const int too_many_files = errno;
      kill(id_, SIGKILL);
      reap();
      fail("a child cannot be watched", too_many_files);
    }
  }
  Child(Child&& other) noexcept { *this = std::move(other); }
  Child& operator=(Child&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(watch_, other.watch_);
    return *this;
  }
  ~Child() { end(); }

  pid_t id() const { return id_; }

  // After end() there is no such process, and `kill(0, signal)`
  // would mean our own process group.
  void send(int signal) {
    if (id_ != 0) kill(id_, signal);
  }

  // The wait may outlast this object: it has its own descriptor,
  // which is ready to read when the child has ended. (A loop may
  // wake us for an earlier descriptor with the same number.)
  asio::awaitable<void> wait_until_ended() {
    asio::posix::stream_descriptor watch(
        co_await asio::this_coro::executor);
    if (id_ == 0) co_return;
    const int copy = fcntl(watch_, F_DUPFD_CLOEXEC, 0);
    if (copy == -1) fail("a child cannot be watched", errno);
    asio::error_code error;
    watch.assign(copy, error);
    if (error) {  // then it is still ours
      close(copy);
      throw std::system_error(error);
    }
    while (!ends_within(std::chrono::milliseconds(0), copy)) {
      co_await watch.async_wait(
          asio::posix::stream_descriptor::wait_read,
          asio::use_awaitable);
    }
  }

  // Blocks until it has done its work. Throws if it failed.
  void wait() {
    if (reap() != 0) throw std::runtime_error("a child failed");
  }

  // Blocks until it has ended. A child that does not end when
  // asked to is killed.
  void end(int signal = SIGTERM,
           std::chrono::milliseconds patience =
               std::chrono::seconds(8)) {
    send(SIGCONT);  // it may have been stopped
    send(signal);
    if (id_ != 0 && !ends_within(patience, watch_)) {
      send(SIGKILL);
    }
    reap();
  }

 private:
  // Nothing that `work` throws may get out: our caller is the
  // parent's code, and the child would run it, too.
  template <typename Work>
  static int status_of(Work& work) {
    try {
      work();
      return 0;
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}.\n", error.what());
    } catch (...) {
      fmt::print(stderr,
                 "A child threw something that is not a "
                 "std::exception.\n");
    }
    return 1;
  }

  // A signal that we handle interrupts `poll` and `waitpid`. They
  // have no answer then, and are called again.
  static bool ends_within(std::chrono::milliseconds patience,
                          int watch) {
    using std::chrono::steady_clock;
    const auto end = steady_clock::now() + patience;
    pollfd ended{watch, POLLIN, 0};
    for (;;) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(
              end - steady_clock::now());
      const auto time = std::max<long>(left.count(), 0);
      const int ready = poll(&ended, 1, static_cast<int>(time));
      if (ready != -1 || errno != EINTR) return ready == 1;
    }
  }

  int reap() {
    int status = 0;
    if (id_ == 0) return status;
    while (waitpid(id_, &status, 0) == -1 && errno == EINTR) {
    }
    id_ = 0;
    if (watch_ != -1) close(std::exchange(watch_, -1));
    return status;
  }

  [[noreturn]] static void fail(const char* what, int error) {
    throw std::system_error(error, std::generic_category(), what);
  }

  pid_t id_ = 0;    // 0: it has ended, or moved
  int watch_ = -1;  // a pidfd: its end, as something to read
};
