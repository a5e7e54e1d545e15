// Every way to wait that simulated time covers: `waits NAME` waits a second and a half in that way
// and prints how long that was by the steady clock and by the wall clock.
#include <fmt/core.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include <asio.hpp>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>

using namespace std::chrono_literals;

// What poll() is called in a program that was compiled with _FORTIFY_SOURCE.
extern "C" int __poll_chk(pollfd* descriptors, nfds_t count, int timeout_ms, size_t size);

namespace {

std::mutex mutex;
std::condition_variable changed;
std::promise<int> promise;

const std::map<std::string, std::function<void()>> waits = {
    {"sleep_for", [] { std::this_thread::sleep_for(1500ms); }},
    {"sleep_until",
     [] { std::this_thread::sleep_until(std::chrono::steady_clock::now() + 1500ms); }},
    {"sleep_until_wall_clock",
     [] { std::this_thread::sleep_until(std::chrono::system_clock::now() + 1500ms); }},
    {"sleep_and_usleep",
     [] {
       sleep(1);
       usleep(500'000);
     }},
    {"nanosleep",
     [] {
       const timespec time{1, 500'000'000};
       nanosleep(&time, nullptr);
     }},
    {"clock_nanosleep",
     [] {
       timespec time;
       clock_gettime(CLOCK_MONOTONIC, &time);
       time.tv_sec += 1;
       clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
       clock_gettime(CLOCK_REALTIME, &time);
       time.tv_nsec += 500'000'000;
       if (time.tv_nsec >= 1'000'000'000) {
         time.tv_nsec -= 1'000'000'000;
         time.tv_sec += 1;
       }
       clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, nullptr);
     }},
    {"thrd_sleep",
     [] {
       const timespec time{1, 500'000'000};
       thrd_sleep(&time, nullptr);
     }},
    {"poll", [] { poll(nullptr, 0, 1500); }},
    {"ppoll",
     [] {
       const timespec time{1, 500'000'000};
       ppoll(nullptr, 0, &time, nullptr);
     }},
    {"fortified_poll",
     [] {
       pollfd none;
       __poll_chk(&none, 0, 1500, sizeof none);
     }},
    {"system_calls",
     [] {
       timespec time{1, 0};
       syscall(SYS_nanosleep, &time, nullptr);
       syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
       time.tv_nsec += 500'000'000;
       time.tv_sec += time.tv_nsec / 1'000'000'000;
       time.tv_nsec %= 1'000'000'000;
       syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
     }},
    {"times",
     [] {
       tms unused;
       const clock_t end = times(&unused) + sysconf(_SC_CLK_TCK) * 3 / 2;
       while (times(&unused) < end) {
       }
     }},
    {"select",
     [] {
       timeval time{1, 500'000};
       select(0, nullptr, nullptr, nullptr, &time);
     }},
    {"pselect",
     [] {
       int ends[2];
       if (pipe(ends) != 0) return;
       fd_set never_readable;
       FD_ZERO(&never_readable);
       FD_SET(ends[0], &never_readable);
       const timespec time{1, 500'000'000};
       pselect(ends[0] + 1, &never_readable, nullptr, nullptr, &time, nullptr);
     }},
    {"epoll_wait",
     [] {
       epoll_event event;
       epoll_wait(epoll_create1(0), &event, 1, 1500);
     }},
    {"until_past_the_deadline",  // each wait for descriptors ends after it, by any unit of time
     [] {
       const auto is_late_after = [](const std::function<void()>& wait_100_ms) {
         const auto microseconds = [] {
           return std::chrono::floor<std::chrono::microseconds>(std::chrono::steady_clock::now());
         };
         const auto deadline = microseconds() + 100ms;
         wait_100_ms();
         return microseconds() > deadline;
       };
       int ends[2];
       if (pipe(ends) != 0) return;
       const int events = epoll_create1(0);
       for (int i = 0; i < 5; ++i) {
         const bool is_late = is_late_after([&] {
                                pollfd silent{ends[0], POLLIN, 0};
                                poll(&silent, 1, 100);
                              }) &&
                              is_late_after([&] {
                                fd_set silent;
                                FD_ZERO(&silent);
                                FD_SET(ends[0], &silent);
                                timeval time{0, 100'000};
                                select(ends[0] + 1, &silent, nullptr, nullptr, &time);
                              }) &&
                              is_late_after([&] {
                                epoll_event event;
                                epoll_wait(events, &event, 1, 100);
                              });
         if (!is_late) return;
       }
     }},
    {"timerfd",
     [] {
       const int timer = timerfd_create(CLOCK_MONOTONIC, 0);
       const itimerspec every_half_second{{0, 500'000'000}, {0, 500'000'000}};
       timerfd_settime(timer, 0, &every_half_second, nullptr);
       for (int i = 0; i < 3; ++i) {
         pollfd expired{timer, POLLIN, 0};
         poll(&expired, 1, -1);
         uint64_t times = 0;
         if (read(timer, &times, sizeof times) != sizeof times || times != 1) return;
       }
     }},
    {"timerfd_blocking",
     [] {
       const int timer = timerfd_create(CLOCK_REALTIME, 0);
       itimerspec later{};
       clock_gettime(CLOCK_REALTIME, &later.it_value);
       ++later.it_value.tv_sec;
       later.it_interval.tv_nsec = 500'000'000;
       timerfd_settime(timer, TFD_TIMER_ABSTIME, &later, nullptr);
       for (int i = 0; i < 2; ++i) {
         uint64_t times = 0;
         if (read(timer, &times, sizeof times) != sizeof times || times != 1) return;
       }
     }},
    {"condition_of_c",
     [] {
       cnd_t condition;
       mtx_t lock;
       cnd_init(&condition);
       mtx_init(&lock, mtx_plain);
       mtx_lock(&lock);
       timespec until;
       timespec_get(&until, TIME_UTC);
       until.tv_sec += 1;
       until.tv_nsec += 500'000'000;
       until.tv_sec += until.tv_nsec / 1'000'000'000;
       until.tv_nsec %= 1'000'000'000;
       if (cnd_timedwait(&condition, &lock, &until) != thrd_timedout) fmt::print("woken\n");
     }},
    {"condition_variable",
     [] {
       std::unique_lock lock(mutex);
       changed.wait_for(lock, 1s);
       changed.wait_until(lock, std::chrono::system_clock::now() + 500ms, [] { return false; });
     }},
    {"condition_variable_any",
     [] {
       std::condition_variable_any any;
       std::unique_lock lock(mutex);
       any.wait_for(lock, 1500ms);
     }},
    {"future",
     [] {
       auto future = promise.get_future();
       future.wait_for(1s);
       future.wait_until(std::chrono::steady_clock::now() + 500ms);
     }},
    {"semaphore",
     [] {
       std::counting_semaphore<1> semaphore(0);
       if (semaphore.try_acquire_for(1500ms)) fmt::print("acquired\n");
     }},
    {"steady_timer",
     [] {
       asio::io_context loop;
       asio::steady_timer timer(loop, 1500ms);
       timer.async_wait([](asio::error_code) {});
       loop.run();
     }},
    {"system_timer",
     [] {
       asio::io_context loop;
       asio::system_timer timer(loop, 1500ms);
       timer.async_wait([](asio::error_code) {});
       loop.run();
     }},
    {"blocking_timer",
     [] {
       asio::io_context loop;
       asio::steady_timer(loop, 1500ms).wait();
     }},
    {"run_for",
     [] {
       asio::io_context loop;
       const auto work = asio::make_work_guard(loop);
       loop.run_for(1500ms);
     }},
    {"two_loops",
     [] {
       asio::io_context outer;
       asio::io_context inner;
       asio::steady_timer late(outer, 1500ms);
       late.async_wait([](asio::error_code) {});
       asio::steady_timer early(inner, 500ms);
       early.async_wait([](asio::error_code) {});
       inner.run();
       outer.run();
     }},
    {"timer_passed_while_sleeping",
     [] {
       asio::io_context loop;
       asio::steady_timer timer(loop, 500ms);
       timer.async_wait([](asio::error_code) {});
       std::this_thread::sleep_for(1500ms);
       loop.run();
     }},
    {"polled_loop",
     [] {
       asio::io_context loop;
       asio::steady_timer timer(loop, 1500ms);
       bool done = false;
       timer.async_wait([&](asio::error_code) { done = true; });
       while (!done) loop.poll();
     }},
    {"sleep_after_a_thousand_looks",
     [] {
       for (int i = 0; i < 1000; ++i) std::chrono::steady_clock::now();
       std::this_thread::sleep_for(1500ms);
     }},
    {"shortest_sleeps",  // each takes at least 50 us, as the kernel's timer does
     [] {
       for (int i = 0; i < 30'000; ++i) std::this_thread::sleep_for(1us);
     }},
    {"spin",
     [] {
       const auto end = std::chrono::steady_clock::now() + 1500ms;
       while (std::chrono::steady_clock::now() < end) {
       }
     }},
};

}  // namespace

int main(int, char** arguments) {
  const auto wait = waits.find(arguments[1]);
  if (wait == waits.end()) {
    // Without a known name it prints the names, for the test that tries all of them.
    for (const auto& [name, function] : waits) fmt::print("{}\n", name);
    return 0;
  }
  const auto steady = std::chrono::steady_clock::now();
  const auto wall = std::chrono::system_clock::now();
  wait->second();
  using Seconds = std::chrono::duration<double>;
  fmt::print("{:.2f} {:.2f}\n", Seconds(std::chrono::steady_clock::now() - steady).count(),
             Seconds(std::chrono::system_clock::now() - wall).count());
}
