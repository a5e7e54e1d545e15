// What helps with an exercise: its hints, and its solution.
#pragma once

#include <string>

#include "console.hpp"
#include "exercise.hpp"
#include "progress.hpp"

namespace workbook {

// Some of the hints of an exercise.
struct HintRange {
  int first = 0;  // counted from 0
  int end = 0;    // after the last
};

// The next hint, which counts as seen from now on. After the last one: all of them again.
HintRange next_hint(const Exercise& exercise, const Lesson& lesson, Progress& progress);

void show_hints(Console& console, const Exercise& exercise, const Lesson& lesson, HintRange range);

// "a", "a second" or "the last": the hint that is next after so many. Empty when there is none.
std::string next_hint_name(int seen);

// Shows how the solution differs from the learner's file, or from the starter without one. Throws
// Failure.
void show_solution(Console& console, const ExerciseFiles& files);

}  // namespace workbook
