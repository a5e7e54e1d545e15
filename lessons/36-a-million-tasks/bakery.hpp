// What all the programs have in common: loaves that rise. Look
// at what an argument changes.
#pragma once

#include <atomic>
#include <chrono>
#include <fstream>
#include <string>

// When a loaf that is put aside now will have risen: in three
// seconds, or a little later. To the millisecond, so that many
// loaves have the same time, and wake the loop together.
inline std::chrono::steady_clock::time_point risen_at(int loaf) {
  using std::chrono::milliseconds;
  const milliseconds needs(3000 + loaf % 10 * 100);
  return std::chrono::time_point_cast<milliseconds>(
      std::chrono::steady_clock::now() + needs);
}

class Bakery {
 public:
  // With an argument there are as many loaves as it says, and the
  // figures for this machine are printed.
  Bakery(int usual_loaves, int argc, char* argv[])
      : loaves_(argc > 1 ? std::stoi(argv[1]) : usual_loaves),
        prints_figures_(argc > 1) {}

  void begin() { ++rising_; }
  void end() {
    --rising_;
    ++risen_;
  }

  int loaves() const { return loaves_; }
  int rising() const { return rising_; }
  int risen() const { return risen_; }
  bool prints_figures() const { return prints_figures_; }

 private:
  int loaves_;
  bool prints_figures_;
  std::atomic<int> rising_ =
      0;  // the threads of sync.cpp share it
  std::atomic<int> risen_ = 0;
};

// Of this process, in bytes.
struct Memory {
  double reserved = 0;  // addresses that nothing else may use
  double used = 0;      // physical memory that it occupies
};

inline Memory memory_now() {
  std::ifstream file("/proc/self/statm");
  Memory pages;
  file >> pages.reserved >> pages.used;
  constexpr double page = 4096;
  return {pages.reserved * page, pages.used * page};
}
