// A lesson's exercise: what its exercise.json says, and where its files lie.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lessons.hpp"

namespace workbook {

// Something that takes time: from a line that begins so to a line that begins so.
struct Span {
  std::string begin;
  std::string end;

  // What both have in common, to speak of it: "kettle" of "Start kettle" and "End kettle".
  std::string name() const;
};

struct Exercise {
  std::string task;
  std::string starter_fails;  // the first sentences about the untouched starter
  bool may_sleep = false;     // whether the main thread may
  std::vector<Span> overlap;  // all of them, at some moment, each with each
  std::vector<std::string> hints;
  std::map<std::string, std::string> wrong;  // wrong answers, and the first sentences about them
};

// Whether the lesson has an exercise.
bool has_exercise(const Lesson& lesson);

// Reads the exercise.json in a lesson's folder. Throws std::runtime_error, with a sentence, when it
// is not as it must be.
Exercise load_exercise(const std::filesystem::path& folder);

// Where a lesson's exercise has its files in `checkout`.
struct ExerciseFiles {
  ExerciseFiles(const std::filesystem::path& checkout, const Lesson& lesson);

  std::filesystem::path starter;
  std::filesystem::path solution;
  std::filesystem::path mine;  // the learner's
  std::string mine_shown;      // the same, as one types it: "my/01-print.cpp"
};

}  // namespace workbook
