// How often a test is repeated: REPEAT in the environment says it; otherwise once.
#pragma once

#include <cstdlib>

inline int repetitions() {
  const char* repeat = std::getenv("REPEAT");
  return repeat != nullptr ? std::atoi(repeat) : 1;
}
