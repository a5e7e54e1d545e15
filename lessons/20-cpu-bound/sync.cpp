// Primes are counted in four ranges, and a ticker ticks until
// that is done. Look at when it gets its turn.
#include <chrono>
#include <thread>

#include "primes.hpp"
#include "progress.hpp"

using namespace std::chrono_literals;

void count(Range range, Tally& progress) {
  progress.add(count_primes(range));
}

void tick(Tally& progress) {
  while (!progress.done()) {
    ++progress.ticks;
    std::this_thread::sleep_for(1ms);
  }
}

int main() {
  Tally progress;
  for (const Range range : ranges) {
    count(range, progress);
  }
  tick(progress);
  progress.print();
}
