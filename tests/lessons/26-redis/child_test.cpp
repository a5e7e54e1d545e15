// The class for child processes of lesson 26: what signals, thrown numbers and the limit of open
// files do to it.
#include "../../../lessons/26-redis/child.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asio.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <type_traits>
#include <utility>

#include "../file_limit.hpp"
#include "../processes.hpp"
#include "../tasks.hpp"

using namespace std::chrono_literals;

namespace {

// What children and signal handlers say to the test.
class Pipe {
 public:
  Pipe() { REQUIRE(pipe2(ends_, O_CLOEXEC) == 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(ends_[0]);
    stop_writing();
  }

  void put() const { [[maybe_unused]] const auto size = ::write(ends_[1], "", 1); }
  bool take() const {
    char byte = 0;
    ssize_t size = 0;
    do size = ::read(ends_[0], &byte, 1);
    while (size == -1 && errno == EINTR);
    return size == 1;
  }
  bool has_ended() const {
    pollfd end{ends_[0], POLLIN, 0};
    return poll(&end, 1, 20'000) == 1 && !take();
  }
  void stop_writing() {
    if (ends_[1] != -1) close(std::exchange(ends_[1], -1));
  }

 private:
  int ends_[2];
};

volatile sig_atomic_t handled = 0;
const Pipe* handler_says = nullptr;

void sleep_for_ever() {
  for (;;) pause();
}

}  // namespace

static_assert(std::is_nothrow_move_assignable_v<Child>);
static_assert(!std::is_copy_constructible_v<Child> && !std::is_copy_assignable_v<Child>);

TEST_CASE("a child that has ended gets no signal, and our process group gets none either") {
  Child child(sleep_for_ever);
  child.end();
  handled = 0;
  const Handler counts(SIGURG, [](int) { handled = handled + 1; });  // others do not notice it
  child.send(SIGURG);
  child.end(SIGURG);
  CHECK(handled == 0);
}

TEST_CASE("a child that was moved is ended once") {
  std::optional<Child> first(sleep_for_ever);
  const pid_t id = first->id();
  Child second = std::move(*first);
  first.reset();
  CHECK(second.id() == id);
  CHECK(kill(id, 0) == 0);
  second = Child([] {});
  CHECK(kill(id, 0) == -1);
}

TEST_CASE("signals that we handle do not cost a child its time to clean up") {
  const Pipe ready;
  const Pipe heard;
  Pipe done;
  handler_says = &heard;
  const Handler tells(SIGUSR1, [](int) { handler_says->put(); });
  Child child([&] {
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, nullptr);
    ready.put();
    int signal = 0;
    sigwait(&term, &signal);
    for (int i = 0; i < 100; ++i) {
      kill(getppid(), SIGUSR1);
      heard.take();
    }
    done.put();
  });
  ready.take();
  child.end(SIGTERM, 300s);
  done.stop_writing();
  CHECK(done.take());
}

TEST_CASE("a child that does not end in time is killed") {
  const Pipe ready;
  Child child([&] {
    std::signal(SIGTERM, SIG_IGN);
    ready.put();
    sleep_for_ever();
  });
  ready.take();
  const auto start = std::chrono::steady_clock::now();
  child.end(SIGTERM, 50ms);
  CHECK(std::chrono::steady_clock::now() - start >= 50ms);
}

TEST_CASE("at the limit of open files a child is not left behind") {
  Pipe alive;
  {
    const FileLimit limit(0);
    CHECK_THROWS_AS(Child([&] { sleep_for_ever(); }), std::system_error);
  }
  alive.stop_writing();
  CHECK(alive.has_ended());  // the other end was the child's
  CHECK_FALSE(has_zombie());
}

TEST_CASE("at the limit of open files a task that waits for a child gets the error") {
  asio::io_context loop;
  const asio::posix::stream_descriptor first(loop);  // the loop's own descriptors are open
  Child child(sleep_for_ever);
  const FileLimit limit(0);
  WatchedTask waiting(loop, child.wait_until_ended());
  loop.run();
  CHECK(waiting.failed_with(std::make_error_code(std::errc::too_many_files_open)));
}

TEST_CASE("a child begins without the handlers of its parent") {
  Pipe heard;
  handler_says = &heard;
  const Handler tells(SIGTERM, [](int) { handler_says->put(); });
  Child child(sleep_for_ever);
  child.end(SIGTERM, 300s);
  heard.stop_writing();
  CHECK_FALSE(heard.take());
}

TEST_CASE("nothing that the work throws leaves the child") {
  CHECK_NOTHROW(Child([] {}).wait());
  CHECK_THROWS_WITH(Child([] { throw std::runtime_error("burnt"); }).wait(), "a child failed");
  const pid_t here = getpid();
  Pipe left;
  bool failed = false;
  try {
    Child([] { throw 7; }).wait();
  } catch (...) {
    if (getpid() != here) {
      left.put();
      _exit(0);
    }
    failed = true;
  }
  CHECK(failed);
  left.stop_writing();
  CHECK_FALSE(left.take());
}

TEST_CASE("a signal does not hide how a child has ended") {
  const Pipe heard;
  handler_says = &heard;
  const Handler tells(SIGALRM, [](int) { handler_says->put(); });
  for (int i = 1; i <= 50; ++i) {
    Child child([&] {
      heard.take();
      throw 7;
    });
    itimerval once{};
    once.it_value.tv_usec = i * 200;
    setitimer(ITIMER_REAL, &once, nullptr);
    CHECK_THROWS_WITH(child.wait(), "a child failed");
  }
  CHECK_FALSE(has_zombie());
}

TEST_CASE("a task may wait for a child whose object is gone") {
  asio::io_context loop;
  std::optional<Child> child(sleep_for_ever);
  WatchedTask waiting(loop, child->wait_until_ended());
  loop.poll();
  CHECK(waiting.waits());
  child.reset();
  loop.run_for(20s);
  CHECK(waiting.succeeded());
}
