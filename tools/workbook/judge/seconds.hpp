// A time as it is printed, and as it is recorded.
#pragma once

#include <chrono>

namespace workbook {

inline double in_seconds(std::chrono::duration<double> time) {
  return time.count();
}

// A replay counts milliseconds.
inline std::chrono::milliseconds rounded(std::chrono::nanoseconds time) {
  return std::chrono::round<std::chrono::milliseconds>(time);
}

}  // namespace workbook
