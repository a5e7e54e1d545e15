// The exercises: the starter, the solution, and every other answer must get its message.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exercise_files.hpp"
#include "expectation_files.hpp"
#include "files.hpp"
#include "lesson_check.hpp"
#include "line_diff.hpp"
#include "places.hpp"
#include "run_now.hpp"
#include "source_text.hpp"
#include "verdict.hpp"

using namespace workbook;
namespace fs = std::filesystem;

namespace {

// `program` is a path in the build folder, and without ".cpp" that of its source.
Verdict verdict_on(const std::string& lesson, const fs::path& build, const fs::path& program) {
  const fs::path folder = source_folder / "lessons" / lesson;
  RunOptions options;
  options.most_moves = most_moves_of_exercise;
  return judge(simulate_now(build / program, clock_library, options),
               load_expectation(folder, "exercise"), load_exercise(folder),
               read_file((source_folder / program).string() + ".cpp").value());
}

// The verdict on an answer that is not expected to compile.
Verdict compiler_verdict_on(const std::string& lesson, const std::string& answer) {
  RunOptions options;
  options.arguments = {"LC_ALL=C.UTF-8", "cmake",
                       "--build",        answers_build.string(),
                       "--target",       fmt::format("{}.answer.{}", lesson, answer)};
  options.cpu_limit = std::chrono::minutes(1);
  options.output_limit = compiler_output_limit;
  const ProgramRun compiler = run_in_real_time_now("/usr/bin/env", options);
  const auto file = source_folder / "tests" / "answers" / lesson / (answer + ".cpp");
  return compile_verdict(compiler.output, file.string(), read_file(file).value())
      .value_or(Verdict{true, "It compiles.", {}, {}});
}

// Whether `text` begins with these sentences.
bool begins(const std::string& text, const std::string& sentences) {
  return !sentences.empty() && text.starts_with(sentences) &&
         (text.size() == sentences.size() || text[sentences.size()] == ' ');
}

void expect(const std::string& lesson, const fs::path& build, const fs::path& program,
            const std::string& sentences) {
  const bool compiles = !sentences.starts_with("It does not compile.");
  const Verdict verdict = compiles ? verdict_on(lesson, build, program)
                                   : compiler_verdict_on(lesson, program.filename());
  CHECK_MESSAGE((!verdict.passed && begins(verdict.sentence, sentences)),
                fmt::format("{} of {} gets: \"{}\"\nexercise.json says: \"{}\"\n{}",
                            program.filename().string(), lesson, verdict.sentence, sentences,
                            verdict.details));
}

void expect_right(const std::string& lesson, const fs::path& build, const fs::path& program) {
  const Verdict verdict = verdict_on(lesson, build, program);
  CHECK_MESSAGE(verdict.passed,
                fmt::format("{} of {} is right, but gets: \"{}\"\n{}", program.filename().string(),
                            lesson, verdict.sentence, verdict.details));
}

// A program without the comment it begins with.
std::string without_header(std::string text) {
  while (text.starts_with("//")) text.erase(0, text.find('\n') + 1);
  return text;
}

// The places where the solution differs from the starter and the starter has no TODO. Lines that
// stay between two changed ones belong to the same place.
std::vector<std::string> changes_without_todo(const std::string& starter,
                                              const std::string& solution) {
  std::vector<std::string> faults;
  std::string place;
  bool todo = false;
  for (std::string line : shortened(line_diff(starter, solution))) {
    line += '\n';
    if (line.starts_with("…")) {
      if (!todo) faults.push_back(place);
      place.clear();
      todo = false;
      continue;
    }
    place += line;
    todo = todo || (line[0] == '-' && line.find("// TODO: ") != std::string::npos);
  }
  if (!todo) faults.push_back(place);
  return faults;
}

}  // namespace

void check_starter_and_solution(const std::string& lesson) {
  const fs::path folder = source_folder / "lessons" / lesson;
  const Exercise exercise = load_exercise(folder);
  expect(lesson, build_folder, fs::path("lessons") / lesson / "exercise", exercise.starter_fails);
  expect_right(lesson, build_folder, fs::path("solutions") / lesson / "exercise");

  const auto starter = read_file(folder / "exercise.cpp");
  const auto solution = read_file(source_folder / "solutions" / lesson / "exercise.cpp");
  REQUIRE(starter);
  REQUIRE(solution);
  if (exercise.durations)
    CHECK_MESSAGE(durations(code_of(*starter)) == *exercise.durations, lesson);
  CHECK_MESSAGE(static_cast<int>(names_asked_for(*starter).size()) == exercise.by_name, lesson);
  for (const std::string& change :
       changes_without_todo(without_header(*starter), without_header(*solution))) {
    FAIL_CHECK(fmt::format("{}: the solution differs from the starter where there is no TODO:\n{}",
                           lesson, change));
  }
  CHECK_MESSAGE(solution->find("TODO") == std::string::npos, lesson);

  std::set<std::string> hints(exercise.hints.begin(), exercise.hints.end());
  CHECK_MESSAGE((hints.size() == 3 && !hints.contains("")), lesson,
                ": three hints, none empty, all different");
  CHECK_MESSAGE(!exercise.task.empty(), lesson);
}

void check_answers(const std::string& lesson) {
  Exercise exercise = load_exercise(source_folder / "lessons" / lesson);
  const fs::path programs = fs::path("tests") / "answers" / lesson;
  for (const auto& entry : fs::directory_iterator(source_folder / programs)) {
    const std::string answer = entry.path().stem();
    if (answer.starts_with("right_")) {
      expect_right(lesson, answers_build, programs / answer);
    } else if (const auto message = exercise.wrong.extract(answer)) {
      expect(lesson, answers_build, programs / answer, message.mapped());
    } else {
      FAIL_CHECK(
          fmt::format("lessons/{0}/exercise.json has no message for tests/answers/{0}/{1}.cpp.",
                      lesson, answer));
    }
  }
  for (const auto& [answer, message] : exercise.wrong) {
    FAIL_CHECK(fmt::format("tests/answers/{}/{}.cpp is missing.", lesson, answer));
  }
}

TEST_SUITE_BEGIN("exercise");

TEST_CASE("a change without a TODO is found") {
  CHECK(changes_without_todo("a\n// TODO: b\nc\n", "a\nb\nc\n").empty());
  CHECK(changes_without_todo("a\n// TODO: b\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n",
                             "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nL\n")
            .size() == 1);
}

TEST_SUITE_END();
