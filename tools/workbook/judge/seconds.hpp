// A time as a number of seconds, to be printed.
#pragma once

#include <chrono>

namespace workbook {

inline double in_seconds(std::chrono::duration<double> time) {
  return time.count();
}

}  // namespace workbook
