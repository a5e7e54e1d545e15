// The learner's file of an exercise, as a page reads and writes it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "exercise_files.hpp"

namespace workbook {

struct LearnersText {
  bool exists = false;
  std::string text;     // the starter's if the file does not exist yet
  std::string version;  // another one for another text
};

// Throws Failure, with a sentence, if it is not a regular file.
LearnersText load_learners_text(const ExerciseFiles& files);

// Writes the file if it still has this version, and returns the new one. Otherwise nothing: the
// file was changed in the meantime. Throws Failure, or std::runtime_error, with a sentence.
std::optional<std::string> save_learners_text(const ExerciseFiles& files, const std::string& text,
                                              const std::string& version);

}  // namespace workbook
