// A run in real time shows what the program does only if the machine lets it: on a machine that
// stands still for a moment, or reads the program from a busy disk, lines change places. Such a run
// proves nothing, and is repeated.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

// A thread that wakes a hundred times a second, from its construction to `worst_delay`.
class Heartbeat {
 public:
  // How late it woke in the worst case.
  std::chrono::milliseconds worst_delay() {
    if (!thread_.joinable()) return worst_;
    ended_ = true;
    thread_.join();
    return worst_;
  }
  ~Heartbeat() { worst_delay(); }

 private:
  using Clock = std::chrono::steady_clock;

  void beat() {
    constexpr std::chrono::milliseconds period{10};
    auto due = start_;
    do {
      std::this_thread::sleep_until(due);
      const auto delay = Clock::now() - due;
      worst_ = std::max(worst_, std::chrono::duration_cast<std::chrono::milliseconds>(delay));
      due += delay + period;
    } while (!ended_);
  }

  const Clock::time_point start_ = Clock::now();
  std::atomic<bool> ended_ = false;
  std::chrono::milliseconds worst_{0};
  std::thread thread_{[this] { beat(); }};
};

// How long processes on this machine have waited for something, since it was started. Linux counts
// that in a file for each kind (its documentation: "PSI - Pressure Stall Information"); where it
// does not, none.
inline std::chrono::microseconds waited_in(const std::filesystem::path& pressure) {
  std::ifstream file(pressure);
  std::string text;
  std::getline(file, text);  // some avg10=0.00 avg60=0.05 avg300=0.36 total=579269270
  const auto total = text.rfind('=');
  if (total == std::string::npos) return {};
  return std::chrono::microseconds(std::stoll(text.substr(total + 1)));
}

// What held up a run that took `elapsed`, of what was counted in that time. Tests run side by side,
// so it is usual that one of them waits for a processor, even for half of the time.
inline std::chrono::microseconds held_up(std::chrono::microseconds elapsed,
                                         std::chrono::microseconds for_disks,
                                         std::chrono::microseconds for_processors) {
  if (for_processors < elapsed * 3 / 4) return for_disks;
  return std::max(for_disks, for_processors);
}

// What has held up programs since its construction: a machine that stood still, a disk, or more
// work than its processors can do. (A thread that mostly sleeps does not notice that.)
class Disturbances {
 public:
  std::chrono::milliseconds worst_delay() {
    using std::chrono::duration_cast;
    const auto elapsed =
        duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start_);
    const auto longest = held_up(elapsed, waited_in(disks) - for_disks_before_,
                                 waited_in(processors) - for_processors_before_);
    return std::max(heartbeat_.worst_delay(), duration_cast<std::chrono::milliseconds>(longest));
  }

 private:
  static constexpr const char* disks = "/proc/pressure/io";
  static constexpr const char* processors = "/proc/pressure/cpu";

  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  const std::chrono::microseconds for_disks_before_ = waited_in(disks);
  const std::chrono::microseconds for_processors_before_ = waited_in(processors);
  Heartbeat heartbeat_;
};

// Longer than a thread's delay on an idle machine.
inline constexpr std::chrono::milliseconds disturbance{50};

// The fault of a run that was not disturbed, or else of the third run; empty if a run had none.
// `run` makes a run and returns its fault. A fault that does not count is printed.
template <typename Watch = Disturbances>
std::string fault_if_undisturbed(const std::function<std::string()>& run) {
  for (int tries = 1;; ++tries) {
    Watch watch;
    const std::string fault = run();
    const auto delay = watch.worst_delay();
    if (fault.empty() || delay < disturbance || tries == 3) return fault;
    fmt::print("The machine held something up for {} ms. Once more, therefore:\n{}\n",
               delay.count(), fault);
  }
}
