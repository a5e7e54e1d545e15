// Growing pauses between attempts. Look at what keeps a thousand
// clients from trying again at the same time.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

class BackOff {
 public:
  // Twice as long each time, up to five seconds; of that, any
  // part from a half to all (jitter).
  std::chrono::milliseconds next() {
    std::uniform_int_distribution part(whole_ / 2, whole_);
    const std::chrono::milliseconds pause(part(random_));
    whole_ = std::min(2 * whole_, longest);
    return pause;
  }

  // After a success the pauses are short again.
  void reset() { whole_ = shortest; }

  // Whether there has been a pause since the last success.
  bool begun() const { return whole_ != shortest; }

 private:
  static constexpr int shortest = 100;  // milliseconds
  static constexpr int longest = 5000;

  int whole_ = shortest;
  std::minstd_rand random_{std::random_device()()};
};
