// Something to compute: it needs the processor, and waits for
// nothing.
#pragma once

#include <array>

struct Range {
  int first;
  int end;  // the first that is not in it
};

inline constexpr std::array<Range, 4> ranges{
    {{0, 125'000},
     {125'000, 250'000},
     {250'000, 375'000},
     {375'000, 500'000}}};

inline bool is_prime(int number) {
  for (int i = 2; i * i <= number; ++i) {
    if (number % i == 0) return false;
  }
  return number >= 2;
}

inline int count_primes(Range range) {
  int primes = 0;
  for (int i = range.first; i < range.end; ++i) {
    if (is_prime(i)) ++primes;
  }
  return primes;
}
