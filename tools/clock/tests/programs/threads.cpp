// Programs with more than one thread: `threads NAME`. Time may move only when all of them wait.
#include <fmt/core.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
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
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

const auto start = std::chrono::steady_clock::now();

void say(const std::string& text) {
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  fmt::print("{:.1f} {}\n", time.count(), text);
}

// The same moment for all threads: std::this_thread::sleep_until() would look at the clock, which
// moves it a little, and so does a sanitizer's own look while threads start.
void sleep_until(std::chrono::seconds after_start) {
  const timespec end{(start.time_since_epoch() + after_start) / 1s,
                     start.time_since_epoch() % 1s / 1ns};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, nullptr);
}

// Work that takes the processor for a while and no simulated time.
void compute() {
  volatile long sum = 0;
  for (long i = 0; i < 60'000'000; ++i) sum = sum + i;
}

// Two threads look at the clock, and do this, until two seconds have passed. Neither waits, so
// neither keeps the other one from its time.
void on_two_threads(const char* name, const std::function<void()>& between_looks) {
  std::atomic<int> ended = 0;
  const auto look = [&] {
    while (std::chrono::steady_clock::now() - start < 2s) between_looks();
    ++ended;
  };
  std::thread other(look);
  look();
  other.join();
  say(fmt::format("{} {}", ended.load(), name));
}

const std::map<std::string, std::function<void()>> programs = {
    {"sleepers",
     [] {
       std::vector<std::thread> threads;
       for (int i = 1; i <= 3; ++i) {
         threads.emplace_back([i] {
           std::this_thread::sleep_for(std::chrono::seconds(i));
           say(fmt::format("thread {}", i));
         });
       }
       for (auto& thread : threads) thread.join();
       say("joined");
     }},
    {"one_computes",  // for some time, and the clock must wait for it
     [] {
       std::thread computing([] {
         compute();
         say("computed");
       });
       std::this_thread::sleep_for(1s);
       say("slept");
       computing.join();
     }},
    {"thread_pool",
     [] {
       asio::thread_pool pool(2);
       for (int i = 1; i <= 4; ++i) {
         asio::post(pool, [i] {
           std::this_thread::sleep_for(i * 1s);
           say(fmt::format("job {}", i));
         });
       }
       pool.join();
       say("joined");
     }},
    {"loop_and_pool",
     [] {
       asio::io_context loop;
       asio::thread_pool pool(1);
       asio::steady_timer timer(loop, 1s);
       timer.async_wait([](asio::error_code) { say("timer"); });
       auto work = asio::make_work_guard(loop);
       asio::post(pool, [&] {
         std::this_thread::sleep_for(2s);
         asio::post(loop, [&] {
           say("back on the loop");
           work.reset();
         });
       });
       loop.run();
     }},
    {"async_future",
     [] {
       auto future = std::async(std::launch::async, [] {
         std::this_thread::sleep_for(2s);
         return 42;
       });
       say(future.wait_for(1s) == std::future_status::timeout ? "not yet" : "too early");
       say(fmt::format("result {}", future.get()));
     }},
    {"private_futex",  // as GLib's condition variables wait
     [] {
       std::atomic<uint32_t> word{0};
       std::thread setter([&] {
         sleep_until(2s);
         word = 1;
         syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
       });
       const timespec second{1, 0};
       const bool came = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &second, nullptr, 0) == 0;
       say(came ? "too early" : "not yet");
       while (word == 0) syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
       say("set");
       setter.join();
     }},
    {"condition",
     [] {
       std::mutex mutex;
       std::condition_variable changed;
       bool ready = false;
       std::thread setter([&] {
         std::this_thread::sleep_for(2s);
         const std::lock_guard lock(mutex);
         ready = true;
         changed.notify_one();
       });
       std::unique_lock lock(mutex);
       say(changed.wait_for(lock, 1s, [&] { return ready; }) ? "too early" : "not yet");
       say(changed.wait_for(lock, 5s, [&] { return ready; }) ? "ready" : "late");
       setter.join();
     }},
    {"two_on_one_condition",  // a time-out wakes no other thread
     [] {
       std::mutex mutex;
       std::condition_variable changed;
       std::thread patient([&] {
         std::unique_lock lock(mutex);
         changed.wait(lock);
         say("notified");
       });
       std::thread timed([&] {
         std::unique_lock lock(mutex);
         say(changed.wait_for(lock, 1s) == std::cv_status::timeout ? "time-out" : "woken");
       });
       std::this_thread::sleep_for(3s);
       changed.notify_one();
       patient.join();
       timed.join();
     }},
    {"spin",  // looking at the clock must not skip another thread's deadline
     [] {
       std::thread sleeper([] {
         std::this_thread::sleep_for(1s);
         say("slept");
       });
       while (std::chrono::steady_clock::now() - start < 2s) {
       }
       say("spun");
       sleeper.join();
     }},
    {"yield",  // on a busy machine each may take milliseconds: a loop of them must not be long
     [] {
       auto future = std::async(std::launch::async, [] { std::this_thread::sleep_for(1s); });
       int yields = 0;
       for (; future.wait_for(0s) != std::future_status::ready; ++yields) {
         std::this_thread::yield();
       }
       say(yields < 20'000 ? "ready" : fmt::format("ready after {} yields", yields));
     }},
    {"spin_beside_work",  // time does not move while a thread that has been woken works
     [] {
       std::atomic<bool> ready = false;
       std::thread worker([&] {
         sleep_until(1s);
         for (int i = 0; i < 5; ++i) compute();
         ready = true;
       });
       while (!ready) std::chrono::steady_clock::now();
       say("ready");
       worker.join();
     }},
    {"yield_beside_work",
     [] {
       auto future = std::async(std::launch::async, [] {
         sleep_until(1s);
         compute();
       });
       while (future.wait_for(0s) != std::future_status::ready) std::this_thread::yield();
       say("ready");
     }},
    {"two_spin", [] { on_two_threads("spun", [] {}); }},
    {"two_yield", [] { on_two_threads("late", [] { std::this_thread::yield(); }); }},
    {"same_moment",  // threads due at the same time wake in the order in which they went to sleep
     [] {
       std::vector<std::thread> threads;
       for (int i = 0; i < 5; ++i) {
         threads.emplace_back([i] {
           std::this_thread::sleep_for(1s * i);
           sleep_until(10s);
           say(fmt::format("thread {}", i));
         });
       }
       for (auto& thread : threads) thread.join();
     }},
    {"main_ends_first",
     [] {
       std::thread([] {
         std::this_thread::sleep_for(1s);
         say("slept");
       }).detach();
       pthread_exit(nullptr);
     }},
    {"resolver",
     [] {
       asio::io_context loop;
       asio::ip::tcp::resolver resolver(loop);
       asio::steady_timer timer(loop, 1s);
       timer.async_wait([](asio::error_code) { say("timer"); });
       resolver.async_resolve("127.0.0.1", "80", [](asio::error_code error, auto results) {
         say(error ? "not resolved" : fmt::format("resolved {}", results.begin()->service_name()));
       });
       loop.run();
     }},
    {"threads_of_c",
     [] {
       thrd_t other;
       const auto answer = [](void* seconds) {
         std::this_thread::sleep_for(std::chrono::seconds(*static_cast<int*>(seconds)));
         say("thread");
         return 42;
       };
       int two = 2;
       if (thrd_create(&other, answer, &two) != thrd_success) return;
       std::this_thread::sleep_for(1s);
       say("main");
       int result = 0;
       thrd_join(other, &result);
       say(fmt::format("result {}", result));
     }},
    {"patient",  // a deadline that is decades away is none of the wall clock
     [] {
       auto future = std::async(std::launch::async, [] { std::this_thread::sleep_for(1s); });
       const bool came = future.wait_for(999'999'999s) == std::future_status::ready;
       say(came ? "ready" : "time-out");
     }},
    {"timer_read_by_a_thread",
     [] {
       std::thread reader([] {
         const int timer = timerfd_create(CLOCK_MONOTONIC, 0);
         const itimerspec every_second{{1, 0}, {1, 0}};
         timerfd_settime(timer, 0, &every_second, nullptr);
         for (int i = 0; i < 3; ++i) {
           uint64_t ticks = 0;
           if (read(timer, &ticks, sizeof ticks) == sizeof ticks)
             say(fmt::format("{} tick", ticks));
         }
       });
       reader.join();
     }},
    {"deadlock",
     [] {
       std::mutex first;
       std::mutex second;
       std::thread other([&] {
         const std::lock_guard lock_second(second);
         std::this_thread::sleep_for(1s);
         const std::lock_guard lock_first(first);
       });
       const std::lock_guard lock_first(first);
       std::this_thread::sleep_for(1s);
       const std::lock_guard lock_second(second);
       other.join();
     }},
};

}  // namespace

int main(int, char** arguments) {
  programs.at(arguments[1])();
}
