// The help for an exercise, and when it comes.
#pragma once

#include <string>

#include "exercise.hpp"

namespace workbook {

// Some of the hints of an exercise.
struct HintRange {
  int first = 0;  // counted from 0
  int end = 0;    // after the last
};

// The next hint after `seen` of them. After the last one: all of them again.
HintRange hints_after(const Exercise& exercise, int seen);

// "a", "a second" or "the last": the name of the next hint after `seen` of them. Empty when there
// is none.
std::string next_hint_name(int seen);

}  // namespace workbook
