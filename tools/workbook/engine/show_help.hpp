// Shows the help for an exercise: its hints, and its solution.
#pragma once

#include "console.hpp"
#include "exercise_files.hpp"
#include "help.hpp"
#include "progress.hpp"

namespace workbook {

// The next hint, which counts as seen from now on. After the last one: all of them again.
HintRange next_hint(const Exercise& exercise, const Lesson& lesson, Progress& progress);

void show_hints(Console& console, const Exercise& exercise, const Lesson& lesson, HintRange range);

// Shows how the solution differs from the learner's file, or from the starter if there is none.
// Throws Failure.
void show_solution(Console& console, const ExerciseFiles& files);

}  // namespace workbook
