// The check of an exercise: builds the learner's file, runs it in simulated time and judges it.
#pragma once

#include <asio/awaitable.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "context.hpp"
#include "exercise_files.hpp"
#include "expectation.hpp"
#include "lessons.hpp"
#include "program_run.hpp"
#include "progress.hpp"
#include "verdict.hpp"

namespace workbook {

// Copies the starter to the learner's file, unless there is one; true if it did. Throws Failure.
bool put_starter(const ExerciseFiles& files);

// The result of a check.
struct CheckResult {
  std::string compiler_said;
  std::optional<Verdict> compile_error;  // then there is nothing below
  std::string source;
  Exercise exercise;
  std::string
      changed_task;  // a sentence, if the exercise was another one when the file was started
  Expectation expected;
  ProgramRun run;
  std::vector<std::string> remarks;  // what may explain a failure

  // For a terminal of this width.
  Verdict verdict(int width) const;
};

// Checks the learner's file, which must exist. When cancelled, it ends the compiler or the program.
// Throws Failure when something other than this file cannot be built.
asio::awaitable<CheckResult> check_exercise(Context& context, const Lesson& lesson);

// Records the exercise as done if that is the verdict.
void remember(const Verdict& verdict, const Lesson& lesson, Progress& progress);

// Shows a verdict, without what to try next.
void show_verdict(Console& console, const Verdict& verdict);

// The lesson that `wanted` names, or, when it is empty, the first whose exercise is not done; null
// when all are. Throws WrongCall when there is no such lesson, or it has no exercise.
const Lesson* choose_exercise(const std::vector<Lesson>& lessons, const std::string& wanted,
                              Progress& progress);

}  // namespace workbook
