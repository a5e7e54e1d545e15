// The files of a lesson's exercise.
#pragma once

#include <filesystem>
#include <string>

#include "exercise.hpp"
#include "lessons.hpp"

namespace workbook {

// Whether the lesson has an exercise.
bool has_exercise(const Lesson& lesson);

// Reads the exercise.json in a lesson's folder. Throws std::runtime_error, with a sentence, when it
// is malformed.
Exercise load_exercise(const std::filesystem::path& folder);

// Where a lesson's exercise has its files in `checkout`.
struct ExerciseFiles {
  ExerciseFiles(const std::filesystem::path& checkout, const Lesson& lesson);

  std::filesystem::path starter;
  std::filesystem::path solution;
  std::filesystem::path mine;     // the learner's
  std::string mine_shown;         // the same, as you type it: "my/01-print.cpp"
  std::filesystem::path started;  // the fingerprint of the task that `mine` was started with
};

// Changes when the task does (task_text).
std::string task_fingerprint(const std::filesystem::path& starter);

// Whether the learner's file was started when the task was another one. False where that is not
// recorded.
bool task_has_changed(const ExerciseFiles& files);

}  // namespace workbook
